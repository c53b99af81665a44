<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.register)
?><form method="post" action="register<?cs var:once ?>">
<p><label><?cs var:T.field.name ?> <input name="name" value="<?cs var:name ?>"/></label><br/><?cs var:T.register.name ?></p>
<p><label><?cs var:T.field.password ?> <input type="password" name="password"/></label><br/><?cs var:T.register.password ?></p>
<p><?cs call:form_key() ?><input type="submit" value="<?cs var:T.do.register ?>"/> <a href="./<?cs var:once ?>"><?cs var:T.nav.signin ?></a></p></form>
<?cs call:foot() ?>
