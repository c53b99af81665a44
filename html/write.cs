<?cs include:"html/_shell.cs" ?><?cs call:head(name) ?><?cs
if:?news ?><p class="b"><a href="<?cs var:back ?>"><?cs var:T.talk.news ?></a>: <?cs var:news ?></p>
<?cs /if ?><?cs
if:?draft ?><p><?cs var:T.talk.draft ?></p>
<?cs /if ?><form method="post" action="<?cs var:to ?>"><p><textarea name="m" rows="5" cols="40" title="<?cs
var:T.field.message ?>"><?cs var:text ?></textarea><br/><?cs call:form_key() ?><input type="submit" value="<?cs
var:T.do.send ?>"/></p></form>
<p><a href="<?cs var:back ?>"><?cs var:T.nav.back ?></a></p>
<?cs call:foot() ?>
