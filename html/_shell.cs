<?cs # Shared by all HTML pages: call:head(title), the page, call:foot().
# Line breaks stand inside of tags where they would cost a byte in the page.

# An ordinary link with an access key and its visible digit.
?><?cs def:a(href, digit, label) ?><a href="<?cs var:href ?>" accesskey="<?cs var:digit ?>"><?cs
var:digit ?>.<?cs var:label ?></a><?cs /def ?><?cs

# What every form carries: its key, and the probe that tells how bytes arrive.
?><?cs def:form_key() ?><input type="hidden" name="k" value="<?cs var:key ?>"/><input type="hidden"
name="e" value="中"/><?cs /def ?><?cs

# A form of one button: what it does to whom.
?><?cs def:act(to, what, id, label) ?><form method="post" action="<?cs var:to ?>"><div><?cs call:form_key()
?><input type="hidden" name="do" value="<?cs var:what ?>"/><?cs if:id ?><input type="hidden"
name="u" value="<?cs var:id ?>"/><?cs /if ?><input type="submit" value="<?cs var:label ?>"/></div></form><?cs /def ?><?cs

# A text with its line breaks and ways out.
?><?cs def:parts(list) ?><?cs each:part = list ?><?cs if:?part.br ?><br/><?cs /if ?><?cs if:?part.href ?><a href="<?cs
var:part.href ?>"><?cs var:part.text ?></a><?cs else ?><?cs var:part.text ?><?cs /if ?><?cs /each ?><?cs /def ?><?cs

# Where in the list, and the way to the rest of it.  rel stands on the links: as
# <link> text browsers would make it the first link of the page.
?><?cs def:range(newer_label, older_label) ?><?cs if:?newer || ?older ?><p><?cs
if:?newer ?><a href="<?cs var:newer ?>" rel="prev" accesskey="4">4.<?cs var:newer_label ?></a> <?cs /if ?><?cs
if:?first ?><?cs var:first ?>-<?cs var:last ?> / <?cs var:total ?><?cs /if ?><?cs
if:?older ?> <a href="<?cs var:older ?>" rel="next" accesskey="6">6.<?cs var:older_label ?></a><?cs if:?unread_older ?> (<?cs var:unread_older ?>)<?cs /if ?><?cs /if ?></p>
<?cs /if ?><?cs /def ?><?cs

# Said only of people who are there: their state, and their own line.
?><?cs def:presence(n, status) ?><?cs if:n ?> <i><?cs var:T.presence[n] ?><?cs if:status ?>: <?cs var:status ?><?cs /if ?></i><?cs /if ?><?cs /def ?><?cs

# News elsewhere.  In what moves it stands behind the way to stop; what stays has no numbers.
?><?cs def:bar() ?><?cs if:bar || asks && !subcount(requests) ?><p class="b"><?cs
if:bar ?><?cs call:a("./" + tail, "9", T.bar.talks) ?> (<?cs var:bar ?>) <?cs /if ?><?cs
if:asks && !subcount(requests) ?><a href="f<?cs var:tail ?>"><?cs var:T.bar.asks ?></a> (<?cs var:asks ?>)<?cs /if ?></p>
<?cs /if ?><?cs /def ?><?cs

# The page up to its content.  Only pages without an input may refresh themselves.
?><?cs def:head(title) ?><?cs if:?xml ?><?xml version="1.0"<?cs if:?charset ?> encoding="<?cs var:charset ?>"<?cs /if ?>?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML Basic 1.1//EN" "http://www.w3.org/TR/xhtml-basic/xhtml-basic11.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="<?cs var:lang ?>"><?cs
else ?><!DOCTYPE html>
<html lang="<?cs var:lang ?>"><?cs
/if ?><head><title><?cs if:bar && !?frame ?>(<?cs var:bar ?>) <?cs /if ?><?cs var:title ?> - <?cs var:T.app ?></title>
<meta name="viewport" content="width=device-width"/><link rel="stylesheet" href="<?cs var:css ?>"/><?cs
if:?framed && !?xml ?><base target="_top"/><?cs /if ?><?cs
if:?next && !?piece && (page == "inbox" || page == "conversation" && !?form) ?><meta http-equiv="refresh" content="<?cs var:refresh ?>;url=<?cs var:next ?>"/><?cs /if ?></head><body>
<?cs if:?site && !?frame ?><p class="b"><strong><?cs var:site ?></strong></p>
<?cs /if ?><?cs if:!?frame && !?log ?><?cs call:bar() ?><?cs /if ?><?cs if:!?log ?><h1><?cs var:title ?></h1>
<?cs /if ?><?cs if:?error && !?text_error && !(error == "sign_in" && ?ended) ?><p class="e"><strong><?cs var:T.error[error] ?></strong></p>
<?cs /if ?><?cs if:?notice ?><p class="n"><?cs var:T.notice[notice] ?></p>
<?cs /if ?><?cs /def ?><?cs

# Where the page stops or begins to move by itself; the first thing to be reached on it.
?><?cs def:switch() ?><?cs
if:?pause ?><a href="<?cs var:pause ?>"<?cs if:!?wait ?> accesskey="5"<?cs /if ?><?cs if:?log ?> target="_self"<?cs /if ?>><?cs
if:!?wait ?>5.<?cs /if ?><?cs var:T.nav.pause ?></a> <?cs /if ?><?cs
if:?wait ?><a href="<?cs var:wait ?>" accesskey="5"<?cs if:?log ?> target="_self"<?cs /if ?>>5.<?cs var:T.nav.wait ?></a> <?cs /if ?><?cs
if:?moving ?><a href="<?cs var:moving ?>"<?cs if:!?wait ?> accesskey="5"<?cs /if ?><?cs if:?log ?> target="_self"<?cs /if ?>><?cs
if:!?wait ?>5.<?cs /if ?><?cs var:T.nav.moving ?></a> <?cs /if ?><?cs /def ?><?cs

# The part of a page that moves, in the part that does not; and the way to mend its line, which
# stands below it: few ever need it.
?><?cs def:reconnect() ?><a href="<?cs var:reconnect ?>" target="log" accesskey="0">0.<?cs var:T.nav.reconnect ?></a><?cs /def ?><?cs
def:frame(title) ?><?cs if:!?xml ?><iframe name="log" src="<?cs var:frame ?>" title="<?cs var:title ?>"></iframe><?cs /if ?><?cs /def ?><?cs

# Once switched, for good.
?><?cs def:keep_live() ?><?cs if:?live.keep ?><form method="post" action="o"><div><input type="hidden" name="k" value="<?cs
var:live.key ?>"/><input type="hidden" name="e" value="中"/><input type="hidden" name="do" value="live"/><input type="hidden" name="live" value="<?cs var:live.keep
?>"/><input type="submit" value="<?cs var:T.do.keep_live ?>"/></div></form>
<?cs /if ?><?cs /def ?><?cs

def:foot() ?><?cs if:?log ?></body></html>
<?cs else ?><div class="f"><?cs if:?me ?><p><?cs
call:a("./" + tail, "1", T.nav.inbox) ?> <?cs
call:a("f" + tail, "2", T.nav.friends) ?> <?cs
call:a("o" + tail, "3", T.nav.settings) ?></p>
<?cs /if ?><p><?cs if:?me ?><?cs var:me ?> <?cs /if ?><?cs if:?asof && ?me && !?frame ?><?cs var:T.foot.asof ?> <?cs var:asof ?> <?cs /if ?><?cs
if:?foot.wml ?><a href="<?cs var:foot.wml ?>"><?cs var:T.foot.wml ?></a><?cs /if ?><?cs
if:?foot.html ?><a href="<?cs var:foot.html ?>"><?cs var:T.foot.html ?></a><?cs /if ?></p><?cs
if:?foot.keep ?><form method="post" action="o"><div><input type="hidden" name="k" value="<?cs
var:foot.key ?>"/><input type="hidden" name="e" value="中"/><input type="hidden" name="do" value="face"/><input type="hidden" name="face" value="<?cs var:foot.keep
?>"/><input type="submit" value="<?cs var:T.do.keep ?>"/></div></form><?cs /if ?></div></body></html>
<?cs /if ?><?cs /def ?>