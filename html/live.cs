<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.live) ?><p><?cs var:T.live_about ?></p>
<form method="post" action="o"><p><select name="live"><?cs each:choice = modes ?><option value="<?cs
var:choice.value ?>"<?cs if:?choice.on ?> selected="selected"<?cs /if ?>><?cs
if:?choice.seconds ?><?cs var:T.live.every ?> <?cs var:choice.seconds ?> <?cs var:T.live.seconds ?><?cs
else ?><?cs var:T.live[choice.value] ?><?cs /if ?></option><?cs /each ?></select></p>
<p><?cs call:form_key() ?><input type="hidden" name="do" value="live"/><input type="submit" value="<?cs var:T.do.save ?>"/></p></form>
<?cs call:foot() ?>
