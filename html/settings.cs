<?cs include:"html/_shell.cs" ?><?cs include:"_names.cs" ?><?cs

def:on(choice) ?><option value="<?cs var:choice.value ?>"<?cs if:?choice.on ?> selected="selected"<?cs /if ?>><?cs /def ?><?cs

call:head(T.title.settings) ?><form method="post" action="o">
<p><label><?cs var:T.settings.lang ?> <select name="lang"><?cs each:choice = langs ?><?cs call:on(choice) ?><?cs
call:lang_name(choice.value) ?></option><?cs /each ?></select></label></p>
<p><label><?cs var:T.settings.zone ?> <select name="zone"><?cs each:choice = zones ?><?cs call:on(choice) ?><?cs
var:choice.label ?></option><?cs /each ?></select></label></p>
<p><label><?cs var:T.settings.face ?> <select name="face"><?cs each:choice = faces ?><?cs call:on(choice) ?><?cs
var:T.face[choice.value] ?></option><?cs /each ?></select></label></p>
<p><label><?cs var:T.settings.charset ?> <select name="cs"><?cs each:choice = charsets ?><?cs call:on(choice) ?><?cs
var:T.charset[choice.value] ?></option><?cs /each ?></select></label></p>
<p><label><?cs var:T.settings.rows ?> <select name="rows"><?cs each:choice = sizes ?><?cs call:on(choice) ?><?cs
var:choice.value ?></option><?cs /each ?></select></label></p>
<p><label><?cs var:T.settings.rule ?> <select name="rule"><?cs each:choice = rules ?><?cs call:on(choice) ?><?cs
var:T.rule[choice.value] ?></option><?cs /each ?></select></label></p>
<p><?cs call:form_key() ?><input type="hidden" name="do" value="save"/><input type="submit" value="<?cs var:T.do.save ?>"/></p></form>
<?cs each:item = views ?><p><a href="<?cs var:item.link ?>"><?cs var:T.title[item.name] ?></a></p>
<?cs /each ?><?cs if:?path ?><p><?cs var:T.title.password ?>, <?cs var:T.title.export ?>: <?cs var:T.error.cookie_only ?></p>
<?cs /if ?><?cs
call:act("logout", "signout", "", T.do.signout) ?><?cs
if:?sessions ?><p><?cs var:T.settings.sessions ?>: <?cs var:sessions ?></p><?cs
call:act("o", "everywhere", "", T.do.everywhere) ?><?cs /if ?>
<?cs call:foot() ?>
