<?cs # Shared by all WML decks: call:deck(title), card content, call:foot(), ends with
# </p></card></wml>.  Bytes count after compilation: tags cost one, words what they cost.

# A link on a line of its own; the digit shows where the phone has access keys.
?><?cs def:a(href, digit, label) ?><a href="<?cs var:href ?>"<?cs if:?accesskeys ?> accesskey="<?cs var:digit ?>"<?cs /if ?>><?cs
if:?accesskeys ?><?cs var:digit ?>.<?cs /if ?><?cs var:label ?></a><br/><?cs /def ?><?cs

# What every form carries: its key, and the probe that tells how bytes arrive.
?><?cs def:form_key() ?><postfield name="k" value="<?cs var:key ?>"/><postfield name="e" value="中"/><?cs /def ?><?cs

# A link that posts one action: what it does to whom.
?><?cs def:act(to, what, id, label) ?><anchor><?cs var:label ?><go method="post" href="<?cs var:to ?>"><?cs call:form_key()
?><postfield name="do" value="<?cs var:what ?>"/><?cs if:id ?><postfield name="u" value="<?cs var:id ?>"/><?cs /if
?></go></anchor><br/><?cs /def ?><?cs

# The message form's go; what is "send" on a person's page, else empty.
?><?cs def:send(to, what) ?><go method="post" href="<?cs var:to ?>"><postfield name="m" value="$(m<?cs var:form.n ?>)"/><?cs
call:form_key() ?><?cs if:what ?><postfield name="do" value="<?cs var:what ?>"/><?cs /if ?></go><?cs /def ?><?cs

# A kept draft that this deck cannot show: one link sends it as it is.
?><?cs def:kept(to) ?><?cs var:T.talk.kept ?><br/><anchor><?cs var:T.do.send_kept ?><go method="post" href="<?cs var:to ?>"><?cs
call:form_key() ?><postfield name="do" value="kept"/></go></anchor><br/><?cs /def ?><?cs

# A text with its line breaks and ways out.
?><?cs def:parts(list) ?><?cs each:part = list ?><?cs if:?part.br ?><br/><?cs /if ?><?cs if:?part.href ?><a href="<?cs
var:part.href ?>"><?cs var:part.text ?></a><?cs else ?><?cs var:part.text ?><?cs /if ?><?cs /each ?><?cs /def ?><?cs

# Where in the list, and the way to the rest of it.
?><?cs def:range(newer_label, older_label) ?><?cs if:?newer || ?older ?><?cs if:?first ?><?cs var:first ?>-<?cs var:last ?>/<?cs var:total ?><br/><?cs /if ?><?cs
if:?older ?><?cs if:?unread_older ?>(<?cs var:unread_older ?>) <?cs /if ?><?cs call:a(older, "6", older_label) ?><?cs /if ?><?cs
if:?newer ?><?cs call:a(newer, "4", newer_label) ?><?cs /if ?><?cs /if ?><?cs /def ?><?cs

def:presence(n, status) ?><?cs if:n ?> <?cs var:T.presence[n] ?><?cs if:status ?>: <?cs var:status ?><?cs /if ?><?cs /if ?><?cs /def ?><?cs

# The deck up to the do elements of its first card; body() follows them.  Only decks
# without an input on this card have a timer.
?><?cs def:deck(title) ?><?xml version="1.0"<?cs if:?charset ?> encoding="<?cs var:charset ?>"<?cs /if ?>?>
<!DOCTYPE wml PUBLIC "-//WAPFORUM//DTD WML 1.1//EN" "http://www.wapforum.org/DTD/wml_1.1.xml">
<wml><template><do type="prev"><prev/></do></template>
<card title="<?cs var:title ?>"<?cs if:?fresh ?> newcontext="true"<?cs /if ?><?cs
if:?refresh_ds && (page == "inbox" || page == "conversation") ?> ontimer="<?cs var:next ?>"><timer value="<?cs var:refresh_ds ?>"/><?cs else ?>><?cs /if ?><?cs /def ?><?cs

# News elsewhere.  A talk has it behind its messages: they come first.
?><?cs def:bar() ?><?cs
if:bar && page == "inbox" ?><?cs var:T.bar.talks ?>(<?cs var:bar ?>)<br/><?cs
elif:bar ?><a href="./<?cs var:tail ?>"><?cs var:T.bar.talks ?>(<?cs var:bar ?>)</a><br/><?cs /if ?><?cs
if:asks && !subcount(requests) ?><a href="f<?cs var:tail ?>"><?cs var:T.bar.asks ?>(<?cs var:asks ?>)</a><br/><?cs /if ?><?cs /def ?><?cs

# Opens the paragraph of the first card: news elsewhere, then what came of the last action.
?><?cs def:body() ?><p><?cs
if:?site ?><?cs var:site ?><br/><?cs /if ?><?cs
if:page != "conversation" ?><?cs call:bar() ?><?cs /if ?><?cs
if:?error && !?text_error && !(error == "sign_in" && ?ended) ?><b><?cs var:T.error[error] ?></b><br/><?cs /if ?><?cs
if:?notice ?><?cs var:T.notice[notice] ?><br/><?cs /if ?><?cs /def ?><?cs

# The way out of the deck; a talk, the deck read most, has only the way back to all talks.
?><?cs def:foot() ?><?cs if:?me ?><?cs
call:a("./" + tail, "1", T.nav.inbox) ?><?cs
if:page != "conversation" ?><?cs
call:a("f" + tail, "2", T.nav.friends) ?><?cs
call:a("o" + tail, "3", T.nav.settings) ?><?cs /if ?><?cs /if ?><?cs
# Every byte counts on the page that is polled: the switch stands on all others.
?><?cs if:?foot.html && page != "conversation" ?><a href="<?cs var:foot.html ?>"><?cs var:T.foot.html ?></a><br/><?cs /if ?><?cs
if:?foot.wml ?><a href="<?cs var:foot.wml ?>"><?cs var:T.foot.wml ?></a><br/><?cs /if ?><?cs
if:?foot.keep ?><anchor><?cs var:T.do.keep ?><go method="post" href="o"><postfield name="k" value="<?cs
var:foot.key ?>"/><postfield name="e" value="中"/><postfield name="do" value="face"/><postfield name="face" value="<?cs var:foot.keep ?>"/></go></anchor><br/><?cs /if ?><?cs
if:?asof && ?me ?><?cs var:asof ?><?cs /if ?></p></card><?cs /def ?>