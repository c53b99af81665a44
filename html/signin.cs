<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.signin) ?><?cs
if:?ended ?><p class="n"><?cs var:T.ended[ended] ?></p>
<?cs /if ?><?cs
if:?kept ?><p><?cs var:T.signin.kept ?></p>
<?cs /if ?><form method="post" action="login<?cs var:once ?>"><?cs
if:?text ?><p><label><?cs var:T.signin.text ?><br/><textarea name="m" rows="3" cols="30"><?cs var:text ?></textarea></label><input
type="hidden" name="k2" value="<?cs var:text_key ?>"/></p>
<?cs /if ?><p><label><?cs var:T.field.name ?> <input name="name" value="<?cs var:name ?>"/></label></p>
<p><label><?cs var:T.field.password ?> <input type="password" name="password"/></label></p>
<p><?cs call:form_key() ?><?cs if:?to ?><input type="hidden" name="to" value="<?cs var:to ?>"/><?cs /if
?><input type="submit" value="<?cs var:T.do.signin ?>"/> <a href="register<?cs var:once ?>"><?cs var:T.nav.register ?></a></p></form>
<?cs call:foot() ?>
