<?cs include:"wml/_shell.cs" ?><?cs

def:go() ?><go method="post" href="register<?cs var:once ?>"><postfield name="name" value="$(n<?cs var:form.n ?>)"/><postfield
name="password" value="$(p<?cs var:form.n ?>)"/><?cs call:form_key() ?></go><?cs /def ?><?cs

call:deck(T.title.register) ?><do type="accept" label="<?cs var:T.do.register ?>"><?cs call:go() ?></do><?cs
call:body() ?><?cs
var:T.field.name ?><br/><?cs var:T.register.name ?><input name="n<?cs var:form.n ?>"<?cs if:?name ?> value="<?cs var:name ?>"<?cs /if ?>/><?cs
var:T.field.password ?><br/><?cs var:T.register.password ?><input name="p<?cs var:form.n ?>" type="password"/><anchor><?cs
var:T.do.register ?><?cs call:go() ?></anchor><br/><a href="./<?cs var:once ?>"><?cs var:T.nav.signin ?></a><br/><?cs call:foot() ?></wml>
