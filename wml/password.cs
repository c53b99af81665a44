<?cs include:"wml/_shell.cs" ?><?cs

def:go() ?><go method="post" href="o"><postfield name="password" value="$(p<?cs var:form.n ?>)"/><postfield
name="new" value="$(q<?cs var:form.n ?>)"/><?cs call:form_key() ?><postfield name="do" value="password"/></go><?cs /def ?><?cs

call:deck(T.title.password) ?><do type="accept" label="<?cs var:T.do.password ?>"><?cs call:go() ?></do><?cs
call:body() ?><?cs
var:T.field.old ?><input name="p<?cs var:form.n ?>" type="password"/><?cs
var:T.field.new ?><br/><?cs var:T.register.password ?><input name="q<?cs var:form.n ?>" type="password"/><anchor><?cs
var:T.do.password ?><?cs call:go() ?></anchor><br/><?cs call:foot() ?></wml>
