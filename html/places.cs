<?cs include:"html/_shell.cs" ?><?cs include:"_names.cs" ?><?cs call:head(T.title.places) ?><p><?cs
var:T.session.ask ?></p>
<?cs if:subcount(sessions) ?><ul class="l"><?cs
each:item = sessions ?><li><b><?cs call:device(item) ?></b> <?cs var:T.session[item.kind] ?><br/><?cs
var:T.session.created ?> <?cs var:item.created ?> · <?cs var:T.session.used ?> <?cs var:item.used ?></li>
<?cs /each ?></ul>
<?cs /if ?><p><?cs var:T.settings.sessions ?>: <?cs var:total ?></p>
<?cs call:act(to, "leave", ticket, T.do.leave) ?><?cs call:act(to, "end", ticket, T.do.end_all) ?><?cs
call:act(to, "cancel", ticket, T.do.cancel) ?>
<?cs call:foot() ?>
