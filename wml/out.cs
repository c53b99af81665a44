<?cs include:"wml/_shell.cs" ?><?cs call:deck(T.title.out) ?><?cs call:body() ?><?cs
var:T.out.leaving ?><br/><b><?cs var:host ?></b><br/><?cs var:url ?><br/><?cs
var:T.out.caution ?><br/><a href="<?cs var:href ?>"><?cs var:T.do.open ?></a><br/><?cs
call:foot() ?></wml>
