<?cs include:"html/_shell.cs" ?><?cs

def:on(choice) ?><option value="<?cs var:choice.value ?>"<?cs if:?choice.on ?> selected="selected"<?cs /if ?>><?cs /def ?><?cs

call:head(T.title.presence) ?><?cs if:subcount(states) ?><form method="post" action="o">
<p><label><?cs var:T.showing.state ?> <select name="state"><?cs each:choice = states ?><?cs call:on(choice) ?><?cs
var:T.showing.as[choice.value] ?></option><?cs /each ?></select></label><br/><?cs var:T.showing.stays ?></p>
<p><label><?cs var:T.showing.status ?> <input name="status" maxlength="80" value="<?cs var:status ?>"/></label></p>
<p><label><?cs var:T.showing.see ?> <select name="see"><?cs each:choice = sees ?><?cs call:on(choice) ?><?cs
var:T.showing.to[choice.value] ?></option><?cs /each ?></select></label></p>
<p><?cs call:form_key() ?><input type="hidden" name="do" value="presence"/><input type="submit" value="<?cs
var:T.do.save ?>"/></p></form>
<?cs /if ?><h2><?cs var:T.showing.image ?></h2>
<?cs if:?image ?><p><img src="<?cs var:image ?>.gif" alt="<?cs var:T.showing.image ?>" width="16" height="16"/> <?cs
var:T.showing.image_what ?></p>
<p><label><?cs var:T.showing.image_copy ?> <input readonly="readonly" value="<?cs var:image_html ?>"/></label></p>
<p><label><?cs var:T.showing.image_forum ?> <input readonly="readonly" value="<?cs var:image_forum ?>"/></label></p>
<?cs call:act("o", "image", "", T.showing.image_again) ?><?cs call:act("o", "noimage", "", T.showing.image_off) ?><?cs
else ?><p><?cs var:T.showing.image_none ?></p>
<?cs call:act("o", "image", "", T.showing.image_make) ?><?cs /if ?>
<?cs call:foot() ?>
