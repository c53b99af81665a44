<?cs include:"wml/_shell.cs" ?><?cs call:deck(name) ?><do type="accept" label="<?cs var:T.do.send ?>"><?cs
call:send(to, "") ?></do><?cs call:body() ?><?cs
if:?news ?><a href="<?cs var:back ?>"><?cs var:T.talk.news ?>(<?cs var:news ?>)</a><br/><?cs /if ?><?cs
if:?kept ?><?cs call:kept(to) ?><?cs elif:?draft ?><?cs var:T.talk.draft ?><br/><?cs /if ?><?cs
var:T.field.message ?><input name="m<?cs var:form.n ?>"<?cs
if:?text ?> value="<?cs var:text ?>"<?cs /if ?>/><anchor><?cs var:T.do.send ?><?cs call:send(to, "") ?></anchor><br/><a href="<?cs
var:back ?>"><?cs var:T.nav.back ?></a><br/><?cs call:foot() ?></wml>
