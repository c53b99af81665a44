<?cs # A page without end goes out in pieces: its top, lines as they come, its end.  Lines stand in
# the order in which they came and are shown newest first (the style sheet's .r), so that the newest
# is in view and what is read moves down.  A browser obeys a refresh that stands behind the lines.
?><?cs def:stream() ?><?cs if:?top ?><?cs call:head(name) ?><p><?cs call:switch() ?><?cs var:T.foot.asof ?> <?cs var:asof ?><?cs
if:?older ?> <a href="<?cs var:older ?>" accesskey="6">6.<?cs var:T.nav.older ?></a><?cs /if ?><?cs
if:?probe ?><img src="<?cs var:probe ?>" alt="" width="1" height="1"/><?cs /if ?></p>
<?cs call:bar() ?><?cs call:keep_live() ?><ul class="t r"><?cs
elif:!?end && bar && !subcount(lines) ?><li class="u"><a href="./<?cs var:tail ?>"><?cs var:T.bar.talks ?></a> (<?cs var:bar ?>)</li>
<?cs /if ?><?cs each:line = lines ?><?cs if:?line.day ?><li class="u"><?cs var:line.day ?></li><?cs /if ?><?cs
if:?line.new ?><li class="u">--- <?cs var:T.talk.new ?> ---</li><?cs /if ?><li<?cs
if:?line.own ?> class="o"><b><?cs var:T.me ?><?cs else ?>><b><?cs var:line.who ?><?cs /if ?> <?cs var:line.time ?></b> <?cs
call:parts(line.parts) ?><?cs if:?line.whole ?> [<a href="<?cs var:line.whole ?>"><?cs var:T.nav.whole ?></a>]<?cs /if ?></li>
<?cs /each ?><?cs if:?end ?></ul><meta http-equiv="refresh" content="<?cs var:refresh ?>;url=<?cs var:next ?>"/></body></html>
<?cs /if ?><?cs /def ?>