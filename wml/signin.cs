<?cs include:"wml/_shell.cs" ?><?cs

def:go() ?><go method="post" href="login<?cs var:once ?>"><postfield name="name" value="$(n<?cs var:form.n ?>)"/><postfield
name="password" value="$(p<?cs var:form.n ?>)"/><?cs call:form_key() ?><?cs
if:?to ?><postfield name="to" value="<?cs var:to ?>"/><?cs /if ?><?cs
if:?text ?><postfield name="m" value="<?cs var:text ?>"/><postfield name="k2" value="<?cs var:text_key ?>"/><?cs /if ?></go><?cs /def ?><?cs

call:deck(T.title.signin) ?><do type="accept" label="<?cs var:T.do.signin ?>"><?cs call:go() ?></do><?cs
call:body() ?><?cs
if:?ended ?><?cs var:T.ended[ended] ?><br/><?cs /if ?><?cs
if:?kept ?><?cs var:T.signin.kept ?><br/><?cs /if ?><?cs
if:?text ?><?cs var:T.signin.text ?> <?cs var:text ?><br/><?cs /if ?><?cs
var:T.field.name ?><input name="n<?cs var:form.n ?>"<?cs if:?name ?> value="<?cs var:name ?>"<?cs /if ?>/><?cs
var:T.field.password ?><input name="p<?cs var:form.n ?>" type="password"/><anchor><?cs var:T.do.signin ?><?cs call:go() ?></anchor><br/><a
href="register<?cs var:once ?>"><?cs var:T.nav.register ?></a><br/><?cs call:foot() ?></wml>
