<?cs include:"html/_shell.cs" ?><?cs call:head(name) ?><p><?cs
var:T.state[state] ?><?cs if:?presence ?> <i><?cs var:T.presence[presence] ?><?cs if:?status ?>: <?cs var:status ?><?cs /if ?></i><?cs /if ?></p>
<?cs
# What waits for an answer comes first.
?><?cs if:state == "asked_me" ?><?cs call:act(self, "accept", "", T.do.accept) ?><?cs call:act(self, "refuse", "", T.do.refuse) ?><?cs
elif:state == "blocked" ?><?cs call:act(self, "unblock", "", T.do.unblock) ?><?cs /if ?><?cs if:?talk && state != "blocked" ?><p><a href="<?cs var:talk ?>"><?cs var:T.nav.write ?></a></p>
<?cs /if ?><?cs
if:?write ?><form method="post" action="<?cs var:self ?>"><?cs
if:?text_error ?><p class="e"><strong><?cs var:T.error[error] ?></strong></p><?cs /if
?><p><textarea name="m" rows="3" cols="40" title="<?cs var:T.field.message ?>"><?cs var:text ?></textarea><br/><?cs
call:form_key() ?><input type="hidden" name="do" value="send"/><input type="submit" value="<?cs var:T.do.send ?>"/></p></form>
<?cs /if ?><?cs
if:state == "none" ?><?cs call:act(self, "ask", "", T.do.ask) ?><?cs
elif:state == "asked" ?><?cs call:act(self, "takeback", "", T.do.takeback) ?><?cs
elif:state == "friend" ?><form method="post" action="<?cs var:self ?>"><p><label><?cs var:T.field.remark ?> <input name="remark" value="<?cs
var:remark ?>"/></label> <?cs call:form_key() ?><input type="hidden" name="do" value="remark"/><input type="submit" value="<?cs
var:T.do.remark ?>"/></p></form>
<?cs call:act(self, "remove", "", T.do.remove) ?><?cs /if ?><?cs
if:state != "blocked" ?><?cs call:act(self, "block", "", T.do.block) ?><?cs /if ?>
<?cs call:foot() ?>
