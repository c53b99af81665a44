<?cs include:"wml/_shell.cs" ?><?cs call:deck(name) ?><?cs
if:?form ?><do type="accept" label="<?cs var:T.nav.write ?>"><go href="#w"/></do><?cs
elif:?write ?><do type="accept" label="<?cs var:T.nav.write ?>"><go href="<?cs var:write ?>"/></do><?cs /if ?><?cs
call:body() ?><?cs
if:?kept ?><?cs call:kept(to) ?><?cs elif:?draft ?><?cs var:T.talk.draft ?><br/><?cs /if ?><?cs

if:?form ?><?cs call:a("#w", "8", T.nav.write) ?><?cs
elif:?write ?><?cs call:a(write, "8", T.nav.write) ?><?cs /if ?><?cs
if:?wait ?><?cs call:a(wait, "5", T.nav.wait) ?><?cs /if ?><?cs
if:?writing ?><?cs var:name ?> <?cs var:T.showing.writing ?><br/><?cs /if ?><?cs

# Newest first.  A day stands before its lines.
?><?cs each:line = lines ?><?cs
if:?line.day ?>- <?cs var:line.day ?> -<br/><?cs /if ?><b><?cs
if:?line.own ?><?cs var:T.me ?><?cs else ?><?cs var:line.who ?><?cs /if ?></b> <?cs var:line.time ?> <?cs
call:parts(line.parts) ?><?cs if:?line.whole ?> [<a href="<?cs var:line.whole ?>"><?cs var:T.nav.whole ?></a>]<?cs /if ?><br/><?cs
if:?line.new ?>--- <?cs var:T.talk.new ?> ---<br/><?cs /if ?><?cs /each ?><?cs
if:!subcount(lines) ?><?cs var:T.talk.empty ?><br/><?cs /if ?><?cs

call:bar() ?><?cs
call:a(self, "0", T.nav.refresh) ?><?cs
call:range(T.nav.newer, T.nav.older) ?><?cs
if:?newest ?><a href="<?cs var:newest ?>"><?cs var:T.nav.newest ?></a><br/><?cs /if ?><?cs
if:?presence ?><?cs var:T.presence[presence] ?><?cs if:?status ?>: <?cs var:status ?><?cs /if ?><br/><?cs /if ?><?cs
call:a(person, "7", T.nav.person) ?><?cs
call:foot() ?><?cs

if:?form ?><card id="w" title="<?cs var:name ?>"><do type="accept" label="<?cs var:T.do.send ?>"><?cs
call:send(to, "") ?></do><p><?cs var:T.field.message ?><input name="m<?cs var:form.n ?>"<?cs
if:?text ?> value="<?cs var:text ?>"<?cs /if ?>/><anchor><?cs var:T.do.send ?><?cs call:send(to, "") ?></anchor></p></card><?cs /if ?></wml>
