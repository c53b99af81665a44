<?cs include:"wml/_shell.cs" ?><?cs call:deck(T.title.error) ?><?cs call:body() ?><?cs
if:?text ?><?cs var:T.typed ?><br/><?cs var:text ?><br/><?cs /if
?><a href="<?cs var:back ?>"><?cs var:T.nav.back ?></a><br/><?cs
call:foot() ?></wml>
