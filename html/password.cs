<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.password)
?><form method="post" action="o">
<p><label><?cs var:T.field.old ?> <input type="password" name="password"/></label></p>
<p><label><?cs var:T.field.new ?> <input type="password" name="new"/></label><br/><?cs var:T.register.password ?></p>
<p><?cs call:form_key() ?><input type="hidden" name="do" value="password"/><input type="submit" value="<?cs
var:T.do.password ?>"/></p></form>
<?cs call:foot() ?>
