<?cs include:"wml/_shell.cs" ?><?cs

def:remark() ?><go method="post" href="<?cs var:self ?>"><postfield name="remark" value="$(r<?cs var:form.n ?>)"/><?cs
call:form_key() ?><postfield name="do" value="remark"/></go><?cs /def ?><?cs

call:deck(name) ?><?cs
if:?write ?><do type="accept" label="<?cs var:T.nav.write ?>"><go href="#w"/></do><?cs
elif:?talk && state != "blocked" ?><do type="accept" label="<?cs var:T.nav.write ?>"><go href="<?cs var:talk ?>"/></do><?cs /if ?><?cs
call:body() ?><?cs
if:?text_error ?><b><?cs var:T.error[error] ?></b><br/><?cs /if ?><?cs
var:name ?>: <?cs var:T.state[state] ?><?cs if:?presence ?> <?cs var:T.presence[presence] ?><?cs if:?status ?>: <?cs var:status ?><?cs /if ?><?cs /if ?><br/><?cs
if:?talk && state != "blocked" ?><a href="<?cs var:talk ?>"><?cs var:T.nav.write ?></a><br/><?cs /if ?><?cs
if:?kept ?><?cs call:kept(self) ?><?cs /if ?><?cs
if:?write ?><a href="#w"><?cs var:T.nav.write ?></a><br/><?cs /if ?><?cs
if:state == "none" ?><?cs call:act(self, "ask", "", T.do.ask) ?><?cs
elif:state == "asked" ?><?cs call:act(self, "takeback", "", T.do.takeback) ?><?cs
elif:state == "asked_me" ?><?cs call:act(self, "accept", "", T.do.accept) ?><?cs call:act(self, "refuse", "", T.do.refuse) ?><?cs
elif:state == "blocked" ?><?cs call:act(self, "unblock", "", T.do.unblock) ?><?cs /if ?><?cs
if:state != "blocked" ?><a href="#d"><?cs var:T.nav.more ?></a><br/><?cs /if ?><?cs
call:foot() ?><?cs

# Card w: the first message.  Card d: what should not be pressed by accident.
?><?cs if:?write ?><card id="w" title="<?cs var:name ?>"><do type="accept" label="<?cs var:T.do.send ?>"><?cs
call:send(self, "send") ?></do><p><?cs var:T.field.message ?><input name="m<?cs var:form.n ?>"<?cs
if:?text ?> value="<?cs var:text ?>"<?cs /if ?>/><anchor><?cs var:T.do.send ?><?cs call:send(self, "send") ?></anchor></p></card><?cs /if ?><?cs
if:state != "blocked" ?><card id="d" title="<?cs var:name ?>"><p><?cs
if:state == "friend" ?><?cs var:T.field.remark ?><input name="r<?cs var:form.n ?>" emptyok="true"<?cs
if:?remark ?> value="<?cs var:remark ?>"<?cs /if ?>/><anchor><?cs var:T.do.remark ?><?cs call:remark() ?></anchor><br/><?cs
call:act(self, "remove", "", T.do.remove) ?><?cs /if ?><?cs
call:act(self, "block", "", T.do.block) ?></p></card><?cs /if ?></wml>
