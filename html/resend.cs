<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.resend) ?><p><?cs
if:?name ?><b><?cs var:name ?></b>: <?cs /if ?><?cs var:T.resend[why] ?><?cs if:?time ?> <?cs var:time ?><?cs /if ?></p>
<form method="post" action="<?cs var:to ?>"><p><textarea name="m" rows="5" cols="40" title="<?cs var:T.field.message ?>"><?cs var:text ?></textarea><br/><?cs
call:form_key() ?><?cs if:?person ?><input type="hidden" name="do" value="send"/><?cs /if ?><input type="submit" value="<?cs
if:why == "sent" ?><?cs var:T.do.again ?><?cs else ?><?cs var:T.do.send ?><?cs /if ?>"/></p></form>
<p><a href="<?cs var:back ?>"><?cs var:T.nav.back ?></a></p>
<?cs call:foot() ?>
