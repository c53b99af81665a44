<?cs include:"wml/_shell.cs" ?><?cs call:deck(T.title.export) ?><?cs call:body() ?><?cs var:T.export.about ?><br/><?cs
var:T.title.inbox ?>: <?cs var:talks ?>, <?cs var:T.export.messages ?>: <?cs var:messages ?><br/><?cs
if:subcount(files) ?><?cs each:file = files ?><a href="<?cs var:file.link ?>"><?cs var:T.export[file.name] ?></a><br/><?cs /each ?><?cs
else ?><?cs var:T.export.elsewhere ?><br/><?cs /if ?><?cs call:foot() ?></wml>