/* Accounts: names are unique however they are typed; preferences; passwords. */
#include "im_fixture.h"

#include "im/prefs.h"

static void
test_duplicates(void **state)
{
	static const char *const same[] = { "Straße77", "STRASSE77",
		"strasse７７", "ＳＴＲＡＳＳＥ77", "sTrAßE77" };
	uint64_t uid, other, found;

	(void)state;
	assert_ok(try_register(same[0], &uid));
	assert_true(uid > 0);
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(try_register(same[i], &other), ERR_NAME_TAKEN);
		assert_ok(account_find(&fix.arena, str_c(same[i]), &found));
		assert_int_equal(found, uid);
	}
	assert_str(name_of(uid), "Straße77");
	assert_ok(try_register("Straße78", &other));
	assert_int_not_equal(other, uid);
}

static void
test_full_width_is_shown_half(void **state)
{
	uint64_t uid;

	(void)state;
	assert_ok(try_register("Ｗａｎｇ小明", &uid));
	assert_str(name_of(uid), "Wang小明");
	assert_int_equal(try_register("wang小明", &uid), ERR_NAME_TAKEN);
}

/* `n` times a letter. */
static const char *
letters(const char *letter, size_t n)
{
	struct sbuf buf;

	sbuf_init(&buf, &fix.arena, 0);
	while (n-- > 0)
		sbuf_add(&buf, str_c(letter));
	return sbuf_str(&buf).p;
}

static void
test_length_in_characters(void **state)
{
	/* One byte, three, four; U+0390 folds to six. */
	static const char *const letter[] = { "x", "纸", "𠀀", "ΐ" };
	uint64_t uid, found;

	(void)state;
	for (size_t i = 0; i < sizeof(letter) / sizeof(letter[0]); i++) {
		assert_ok(try_register(letters(letter[i], 32), &uid));
		assert_ok(account_find(&fix.arena,
		    str_c(letters(letter[i], 32)), &found));
		assert_int_equal(found, uid);
		assert_int_equal(try_register(letters(letter[i], 32), &found),
		    ERR_NAME_TAKEN);
		assert_ok(try_register(letters(letter[i], 31), &found));
		assert_int_equal(try_register(letters(letter[i], 33), &uid),
		    ERR_NAME_BAD);
		assert_int_equal(try_register(letters(letter[i], 1), &uid),
		    ERR_NAME_BAD);
	}
}

/* Long names that differ only at the end have keys of their own. */
static void
test_long_names_differ(void **state)
{
	uint64_t a, b;

	(void)state;
	assert_ok(try_register(str_fmt(&fix.arena, "%sA",
	    letters("𠀁", 31)).p, &a));
	assert_ok(try_register(str_fmt(&fix.arena, "%sB",
	    letters("𠀁", 31)).p, &b));
	assert_int_equal(try_register(str_fmt(&fix.arena, "%sａ",
	    letters("𠀁", 31)).p, &b), ERR_NAME_TAKEN);
}

static void
test_check(void **state)
{
	struct str shown, folded;
	char longest[PASSWORD_MAX + 1];

	(void)state;
	memset(longest, 'p', sizeof(longest));
#define CHECK(name, pw) account_check(&fix.arena, (name), (pw), &shown, &folded)
	assert_int_equal(CHECK(STR("a b"), STR("12345678")), ERR_NAME_BAD);
	assert_int_equal(CHECK(STR(""), STR("12345678")), ERR_NAME_BAD);
	assert_int_equal(CHECK(STR("\xff\xfe"), STR("12345678")), ERR_NAME_BAD);
	assert_int_equal(CHECK(STR("anna"), STR("1234567")), ERR_PASSWORD_SHORT);
	assert_ok(CHECK(STR("anna"), STR("12345678")));
	assert_ok(CHECK(STR("anna"), ((struct str){ longest, PASSWORD_MAX })));
	assert_int_equal(CHECK(STR("anna"), ((struct str){ longest,
	    PASSWORD_MAX + 1 })), ERR_PASSWORD_LONG);
#undef CHECK
}

static void
test_unknown(void **state)
{
	Rec__User *record;
	uint64_t uid;

	(void)state;
	assert_int_equal(account_find(&fix.arena, STR("nobody-here"), &uid),
	    ERR_NOT_FOUND);
	assert_int_equal(account_find(&fix.arena, STR("no name!"), &uid),
	    ERR_NOT_FOUND);
	assert_int_equal(account_find(&fix.arena, STR("\xc3"), &uid),
	    ERR_NOT_FOUND);
	assert_int_equal(account_get(NULL, &fix.arena, 1 << 30, &record),
	    ERR_NOT_FOUND);
}

static void
test_register_touches(void **state)
{
	uint64_t uid;

	(void)state;
	touched_clear();
	uid = user("touch");
	assert_touched({ OBJ_USER, uid, 0 });
	assert_int_equal(try_register(name_of(uid).p, &uid), ERR_NAME_TAKEN);
	assert_int_equal(touched_count(), 0);
}

static Rec__Prefs *
prefs_of(uint64_t uid)
{
	Rec__User *record;

	assert_ok(account_get(NULL, &fix.arena, uid, &record));
	assert_non_null(record->prefs);
	return record->prefs;
}

static void
test_prefs_change_only_what_is_set(void **state)
{
	uint64_t uid = user("prefs");
	struct account_prefs in = { .uid = uid, .set = PREFS_LANG | PREFS_ZONE,
		.lang = STR("zh-TW"), .zone_minutes = -570, .write_rule = 1,
		.page_size = 9 };
	Rec__Prefs *prefs;

	(void)state;
	assert_false(prefs_of(uid)->zone_set);
	assert_ok(run(&in.command, account_prefs_run));
	prefs = prefs_of(uid);
	assert_str(record_str(prefs->lang), "zh-TW");
	assert_int_equal(prefs->zone_minutes, -570);
	assert_true(prefs->zone_set);
	assert_int_equal(prefs->write_rule, 0);
	assert_int_equal(prefs->n_device, 0);

	in = (struct account_prefs){ .uid = uid, .set = PREFS_WRITE_RULE,
		.write_rule = 1 };
	assert_ok(run(&in.command, account_prefs_run));
	assert_str(record_str(prefs_of(uid)->lang), "zh-TW");
	assert_int_equal(prefs_of(uid)->write_rule, 1);
}

static void
test_prefs_per_device(void **state)
{
	uint64_t uid = user("device");
	struct account_prefs in = { .uid = uid, .device_class = 3,
		.set = PREFS_FACE | PREFS_CHARSET, .face = 2,
		.charset = STR("gbk") };
	Rec__Prefs *prefs;

	(void)state;
	assert_ok(run(&in.command, account_prefs_run));
	in = (struct account_prefs){ .uid = uid, .device_class = 1,
		.set = PREFS_PAGE_SIZE | PREFS_LIVE, .page_size = 7,
		.mode = 1 + LIVE_BY_HAND };
	assert_ok(run(&in.command, account_prefs_run));
	in = (struct account_prefs){ .uid = uid, .device_class = 3,
		.set = PREFS_FACE, .face = 1 };
	assert_ok(run(&in.command, account_prefs_run));

	prefs = prefs_of(uid);
	assert_int_equal(prefs->n_device, 2);
	assert_int_equal(prefs->device[0]->face, 1);
	assert_str(record_str(prefs->device[0]->charset), "gbk");
	assert_int_equal(prefs->device[0]->mode, 0);
	assert_int_equal(prefs->device[1]->page_size, 7);
	assert_int_equal(prefs->device[1]->mode, 1 + LIVE_BY_HAND);
	assert_int_equal(prefs->device[1]->refresh_s, 0);
}

static Rec__Prefs *
raw_prefs_of(uint64_t uid)
{
	Rec__User *record;

	assert_ok(store_get_record(NULL, T_USER, KEY1(uid),
	    &rec__user__descriptor, &fix.arena, &record));
	return record->prefs;
}

/* What a server of schema 1 would have stored. */
struct old_prefs {
	struct command command;
	uint64_t uid;
	unsigned refresh_s;
};

static enum err
old_prefs_run(struct txn *txn, struct command *command)
{
	const struct old_prefs *old = (struct old_prefs *)command;
	Rec__DevicePrefs chosen = REC__DEVICE_PREFS__INIT;
	Rec__DevicePrefs silent = REC__DEVICE_PREFS__INIT;
	Rec__DevicePrefs *rows[] = { &chosen, &silent };
	Rec__Prefs prefs = REC__PREFS__INIT;
	Rec__User *user;

	assert_ok(account_get(txn, txn_arena(txn), old->uid, &user));
	chosen.device_class = 3;
	chosen.refresh_s = old->refresh_s;
	chosen.refresh_set = true;
	silent.device_class = 1;
	silent.page_size = 7;
	prefs.device = rows;
	prefs.n_device = 2;
	user->prefs = &prefs;
	return store_put_record(txn, T_USER, KEY1(old->uid), &user->base);
}

static void
test_prefs_of_schema_1(void **state)
{
	static const unsigned seconds[] = { 0, 60 };
	static const enum live_mode modes[] = { LIVE_BY_HAND, LIVE_TIMED };
	uint64_t uid = user("elder");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct old_prefs old = { .uid = uid, .refresh_s = seconds[i] };
		struct account_prefs in = { .uid = uid, .device_class = 1,
			.set = PREFS_PAGE_SIZE, .page_size = 8 };
		Rec__Prefs *prefs;

		assert_ok(run(&old.command, old_prefs_run));
		prefs = prefs_of(uid);
		assert_int_equal(prefs->device[0]->mode, 1 + modes[i]);
		assert_int_equal(prefs->device[0]->refresh_s, seconds[i]);
		assert_int_equal(prefs->device[1]->mode, 0);
		/* Stored anew by any change, and then it is of this schema. */
		assert_ok(run(&in.command, account_prefs_run));
		assert_false(raw_prefs_of(uid)->device[0]->refresh_set);
		assert_int_equal(raw_prefs_of(uid)->device[0]->mode,
		    1 + modes[i]);
	}
}

static void
test_prefs_bounds(void **state)
{
	uint64_t uid = user("bounds");
	struct account_prefs bad[] = {
		{ .set = PREFS_ZONE, .zone_minutes = 841 },
		{ .set = PREFS_ZONE, .zone_minutes = -721 },
		{ .set = PREFS_WRITE_RULE, .write_rule = 2 },
		{ .set = PREFS_PAGE_SIZE, .page_size = 501 },
		{ .set = PREFS_LIVE, .mode = 1 + LIVE_TIMED,
		    .refresh_s = 86401 },
		{ .set = PREFS_LIVE, .mode = 1 + LIVE_TIMED },
		{ .set = PREFS_LIVE, .mode = LIVE_MODE_COUNT + 1 },
		{ .set = PREFS_FACE, .device_class = 64 },
		{ .set = PREFS_LANG, .lang = STR("en-aaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaa") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bad[i].uid = uid;
		assert_int_equal(run(&bad[i].command, account_prefs_run),
		    ERR_FIELD_BAD);
	}
	bad[0].uid = 1 << 30;
	bad[0].zone_minutes = 0;
	assert_int_equal(run(&bad[0].command, account_prefs_run), ERR_NOT_FOUND);
}

static void
test_write_rule_touches_peers(void **state)
{
	uint64_t a = user("rule"), b = user("rule"), c = user("rule");
	uint64_t ab = befriend(a, b), ac = befriend(c, a);
	struct account_prefs in = { .uid = a, .set = PREFS_WRITE_RULE,
		.write_rule = 1 };

	(void)state;
	touched_clear();
	assert_ok(run(&in.command, account_prefs_run));
	assert_touched({ OBJ_USER, a, 0 }, { OBJ_MEMBER, ab, b },
	    { OBJ_MEMBER, ac, c });
	assert_ok(run(&in.command, account_prefs_run));
	assert_touched({ OBJ_USER, a, 0 });
}

static struct session_hash
sign_in(uint64_t uid)
{
	struct session_open in = { .uid = uid, .kind = SESSION_COOKIE };
	char token[TOKEN_LEN + 1];

	secret_token(token);
	in.hash = session_hash_of(str_c(token));
	assert_ok(run(&in.command, session_open_run));
	return in.hash;
}

static void
test_password_ends_other_sessions(void **state)
{
	uint64_t uid = user("password");
	struct session_hash keep = sign_in(uid), gone = sign_in(uid);
	struct account_password in = { .uid = uid, .keep_sid =
		session_id_of(&keep), .password_hash = STR("new") };
	Rec__User *record;
	Rec__Session *row;
	size_t n;

	(void)state;
	touched_clear();
	assert_ok(run(&in.command, account_password_run));
	assert_touched({ OBJ_USER, uid, 0 },
	    { OBJ_SESSION, session_id_of(&gone), 0 },
	    { OBJ_SESSIONS, uid, 0 });
	assert_ok(account_get(NULL, &fix.arena, uid, &record));
	assert_str(record_str(record->password), "new");
	assert_ok(session_count(&fix.arena, uid, &n));
	assert_int_equal(n, 1);
	assert_ok(session_get(&fix.arena, &keep, &row));
	assert_int_equal(row->ended_ms, 0);
	assert_ok(session_get(&fix.arena, &gone, &row));
	assert_int_not_equal(row->ended_ms, 0);

	in.keep_sid = 0;
	assert_ok(run(&in.command, account_password_run));
	assert_ok(session_count(&fix.arena, uid, &n));
	assert_int_equal(n, 0);
	in.uid = 1 << 30;
	assert_int_equal(run(&in.command, account_password_run), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_duplicates),
		TEST(test_full_width_is_shown_half),
		TEST(test_length_in_characters),
		TEST(test_long_names_differ),
		TEST(test_check),
		TEST(test_unknown),
		TEST(test_register_touches),
		TEST(test_prefs_change_only_what_is_set),
		TEST(test_prefs_per_device), TEST(test_prefs_of_schema_1),
		TEST(test_prefs_bounds),
		TEST(test_write_rule_touches_peers),
		TEST(test_password_ends_other_sessions),
	};

	return cmocka_run_group_tests(tests, fix_group_setup,
	    fix_group_teardown);
}
