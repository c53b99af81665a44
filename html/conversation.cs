<?cs include:"html/_shell.cs" ?><?cs include:"html/_stream.cs" ?><?cs

# The field stands before the messages, on small screens behind them.
?><?cs def:message_form() ?><?cs if:?draft ?><p><?cs var:T.talk.draft ?></p>
<?cs /if ?><form method="post" action="<?cs var:to ?>"><p><textarea name="m" rows="3" cols="40" title="<?cs
var:T.field.message ?>"><?cs var:text ?></textarea><br/><?cs call:form_key() ?><input type="submit" value="<?cs
var:T.do.send ?>"/></p></form>
<?cs /def ?><?cs if:?piece ?><?cs call:stream() ?><?cs else ?><?cs call:head(name) ?><?cs
# A page that moves by itself is one of three: all in one without a form; the quiet one with
# the form and a frame; what stands in the frame ("log").
?><?cs if:!?frame ?><p><?cs if:?presence ?><?cs call:presence(presence, status) ?><?cs
if:?writing ?> <b><?cs var:T.showing.writing ?></b><?cs /if ?><br/><?cs /if ?><?cs call:switch() ?><?cs
if:?log ?><?cs var:T.foot.asof ?> <?cs var:asof ?><?cs
else ?><?cs call:a(self, "0", T.nav.refresh) ?><?cs /if ?><?cs
if:?newest ?> <a href="<?cs var:newest ?>"><?cs var:T.nav.newest ?></a><?cs /if ?><?cs
if:?write && !?log ?> <?cs call:a(write, "8", T.nav.write) ?><?cs /if ?></p>
<?cs /if ?><?cs if:?log ?><?cs call:bar() ?><?cs /if ?><?cs call:keep_live() ?><?cs if:?form && !?form_below ?><?cs call:message_form() ?><?cs /if ?><?cs
# Newest first.  A day's heading stands before its lines, so it closes the list of the day above.
# parts() is written out: 20 calls cost a tenth of the page.
?><?cs if:?frame ?><?cs call:frame(T.talk.log) ?><?cs /if ?><?cs each:line = lines ?><?cs
if:?line.day ?><?cs if:!first(line) ?></ul><?cs /if ?><h2><?cs var:line.day ?></h2><ul class="t"><?cs
elif:first(line) ?><ul class="t"><?cs /if
?><li<?cs if:?line.own ?> class="o"><b><?cs var:T.me ?><?cs else ?>><b><?cs var:line.who ?><?cs /if ?> <?cs var:line.time ?></b> <?cs
each:part = line.parts ?><?cs if:?part.br ?><br/><?cs /if ?><?cs if:?part.href ?><a href="<?cs
var:part.href ?>"><?cs var:part.text ?></a><?cs else ?><?cs var:part.text ?><?cs /if ?><?cs /each ?><?cs if:?line.whole ?> [<a href="<?cs var:line.whole ?>"><?cs var:T.nav.whole ?></a>]<?cs /if
?></li><?cs if:?line.new ?><li class="u">--- <?cs var:T.talk.new ?> ---</li><?cs /if ?>
<?cs /each ?><?cs
if:subcount(lines) ?></ul><?cs elif:!?frame ?><p><?cs var:T.talk.empty ?></p><?cs /if ?><?cs if:?form && ?form_below ?><?cs call:message_form() ?><?cs /if ?><?cs call:range(T.nav.newer, T.nav.older)
?><?cs if:?log ?><?cs else ?><p><?cs if:?frame ?><?cs call:reconnect() ?> <?cs /if ?><?cs call:a(person, "7", T.nav.person) ?></p>
<?cs /if ?><?cs call:foot() ?><?cs /if ?>
