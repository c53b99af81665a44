<?cs include:"html/_shell.cs" ?><?cs

# The field stands before the messages, on small screens behind them.
?><?cs def:message_form() ?><?cs if:?draft ?><p><?cs var:T.talk.draft ?></p>
<?cs /if ?><form method="post" action="<?cs var:to ?>"><p><textarea name="m" rows="3" cols="40" title="<?cs
var:T.field.message ?>"><?cs var:text ?></textarea><br/><?cs call:form_key() ?><input type="submit" value="<?cs
var:T.do.send ?>"/></p></form>
<?cs /def ?><?cs call:head(name) ?><p><?cs
if:?wait ?><?cs call:a(wait, "5", T.nav.wait) ?> <?cs /if ?><?cs
call:a(self, "0", T.nav.refresh) ?><?cs
if:?newest ?> <a href="<?cs var:newest ?>"><?cs var:T.nav.newest ?></a><?cs /if ?><?cs
if:?write ?> <?cs call:a(write, "8", T.nav.write) ?><?cs /if ?></p>
<?cs if:?form && !?form_below ?><?cs call:message_form() ?><?cs /if ?><?cs
# Newest first.  A day's heading stands before its lines, so it closes the list of the day above.
# parts() is written out: 20 calls cost a tenth of the page.
?><?cs each:line = lines ?><?cs
if:?line.day ?><?cs if:!first(line) ?></ul><?cs /if ?><h2><?cs var:line.day ?></h2><ul class="t"><?cs
elif:first(line) ?><ul class="t"><?cs /if
?><li<?cs if:?line.own ?> class="o"><b><?cs var:T.me ?><?cs else ?>><b><?cs var:line.who ?><?cs /if ?> <?cs var:line.time ?></b> <?cs
each:part = line.parts ?><?cs if:?part.br ?><br/><?cs /if ?><?cs if:?part.href ?><a href="<?cs
var:part.href ?>"><?cs var:part.text ?></a><?cs else ?><?cs var:part.text ?><?cs /if ?><?cs /each ?><?cs if:?line.whole ?> [<a href="<?cs var:line.whole ?>"><?cs var:T.nav.whole ?></a>]<?cs /if
?></li><?cs if:?line.new ?><li class="u">--- <?cs var:T.talk.new ?> ---</li><?cs /if ?>
<?cs /each ?><?cs
if:subcount(lines) ?></ul><?cs else ?><p><?cs var:T.talk.empty ?></p><?cs /if ?><?cs if:?form && ?form_below ?><?cs call:message_form() ?><?cs /if ?><?cs call:range(T.nav.newer, T.nav.older)
?><p><?cs call:a(person, "7", T.nav.person) ?></p>
<?cs call:foot() ?>
