<?cs include:"html/_shell.cs" ?><?cs call:head(name) ?><p><b><?cs
if:?own ?><?cs var:T.me ?><?cs else ?><?cs var:who ?><?cs /if ?></b> <?cs var:day ?> <?cs var:time ?><?cs
if:?part ?> (<?cs var:part ?>/<?cs var:parts_total ?>)<?cs /if ?></p>
<p><?cs call:parts(parts) ?></p>
<p><?cs
if:?older ?><a href="<?cs var:older ?>" rel="next" accesskey="6">6.<?cs var:T.nav.next ?></a> <?cs /if ?><?cs
if:?newer ?><a href="<?cs var:newer ?>" rel="prev" accesskey="4">4.<?cs var:T.nav.previous ?></a> <?cs /if ?><a href="<?cs var:back ?>"><?cs var:T.nav.back ?></a></p>
<?cs call:foot() ?>
