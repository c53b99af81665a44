<?cs include:"html/_shell.cs" ?><?cs include:"_names.cs" ?><?cs call:head(T.title.sessions) ?><?cs
if:subcount(sessions) ?><ul class="l"><?cs
each:item = sessions ?><li><b><?cs call:device(item) ?></b> <?cs var:T.session[item.kind] ?><br/><?cs
var:T.session.created ?> <?cs var:item.created ?> · <?cs var:T.session.used ?> <?cs var:item.used ?> <?cs
if:?item.here ?><i><?cs var:T.session.here ?></i><?cs else ?><?cs
call:act("o", "end", item.id, T.do.end) ?><?cs /if ?></li>
<?cs /each ?></ul>
<?cs call:range(T.nav.previous, T.nav.next) ?><?cs
if:?others ?><?cs call:act("o", "others", "", T.do.others) ?><?cs /if ?><?cs /if ?><?cs
if:?path ?><p><?cs var:T.session.path_only ?></p>
<?cs /if ?><?cs if:subcount(rules) ?><form method="post" action="o"><p><label><?cs var:T.session.rule ?> <select name="rule"><?cs
each:choice = rules ?><option value="<?cs var:choice.value ?>"<?cs if:?choice.on ?> selected="selected"<?cs /if ?>><?cs
var:T.places[choice.value] ?></option><?cs /each ?></select></label></p>
<p><?cs call:form_key() ?><input type="hidden" name="do" value="places"/><input type="submit" value="<?cs var:T.do.save ?>"/></p></form>
<?cs /if ?><?cs call:foot() ?>
