<?cs include:"wml/_shell.cs" ?><?cs include:"_names.cs" ?><?cs call:deck(T.title.places) ?><?cs call:body() ?><?cs
var:T.session.ask ?><br/><?cs var:T.settings.sessions ?>: <?cs var:total ?><br/><?cs
each:item = sessions ?><b><?cs call:device(item) ?></b> <?cs var:T.session.used ?> <?cs var:item.used ?><br/><?cs /each ?><?cs
call:act(to, "leave", ticket, T.do.leave) ?><?cs call:act(to, "end", ticket, T.do.end_all) ?><?cs
call:act(to, "cancel", ticket, T.do.cancel) ?><?cs call:foot() ?></wml>
