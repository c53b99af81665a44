/* What an operator may write into the configuration, and what is said to a slip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/conf.h"

static const char *why;

static enum err
set(struct conf *conf, const char *name, const char *value)
{
	why = "";
	return conf_set(conf, str_c(name), str_c(value), &why);
}

/* A file of these bytes; the caller unlinks and frees the name. */
static char *
file_of(const char *text)
{
	char *path = strdup("/tmp/zt-conf.XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

/* conf_read with its words on standard error caught. */
static enum err
read_text(struct conf *conf, const char *text, char said[1024])
{
	char *path = file_of(text), *log = file_of("");
	int saved = dup(STDERR_FILENO);
	FILE *f = freopen(log, "w", stderr);
	enum err err = conf_read(conf, path);
	size_t len;

	assert_non_null(f);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	f = fopen(log, "r");
	assert_non_null(f);
	len = fread(said, 1, 1023, f);
	said[len] = '\0';
	fclose(f);
	unlink(path);
	unlink(log);
	free(path);
	free(log);
	return err;
}

static void
defaults_are_the_documented_ones(void **state)
{
	struct conf conf;

	(void)state;
	conf_init(&conf);
	assert_string_equal(conf.listen.p, "127.0.0.1:8080");
	assert_string_equal(conf.dir.p, "data/db");
	assert_string_equal(conf.lang.p, "zh-CN");
	assert_int_equal(conf.zone_minutes, 480);
	assert_int_equal(conf.threads, 8);
	assert_int_equal(conf.hold_s, 25);
	assert_int_equal(conf.hold_max_s, 50);
	assert_int_equal(conf.stream_s, 240);
	assert_int_equal(conf.body_max, 262144);
	assert_true(conf.registration);
	assert_false(conf.test_clock);
	conf_fini(&conf);
}

static void
good_values_are_taken(void **state)
{
	struct conf conf;

	(void)state;
	conf_init(&conf);
	assert_int_equal(set(&conf, "listen", "[::1]:0"), OK);
	assert_int_equal(set(&conf, "listen", "0.0.0.0:65535"), OK);
	assert_int_equal(set(&conf, "zone_minutes", "-210"), OK);
	assert_int_equal(conf.zone_minutes, -210);
	assert_int_equal(set(&conf, "hold_s", " 7\t"), OK);
	assert_int_equal(conf.hold_s, 7);
	assert_int_equal(set(&conf, "registration", "0"), OK);
	assert_false(conf.registration);
	assert_int_equal(set(&conf, "proxies", "10.0.0.1  2001:db8::1"), OK);
	assert_int_equal(set(&conf, "proxies", ""), OK);
	assert_int_equal(set(&conf, "origins",
	    "https://im.example http://wap.example:8080"), OK);
	assert_int_equal(set(&conf, "lang", "en"), OK);
	assert_string_equal(conf.lang.p, "en");
	conf_fini(&conf);
}

static void
wrong_values_change_nothing(void **state)
{
	static const char *const bad[][2] = {
		{ "listen", "8080" }, { "listen", "localhost:8080" },
		{ "listen", "127.0.0.1" }, { "listen", "127.0.0.1:65536" },
		{ "listen", "127.0.0.1:" }, { "listen", ":80" },
		{ "listen", "::1:80" }, { "listen", "[::1:80" },
		{ "listen", "[]:80" }, { "listen", "127.0.0.1:08" },
		{ "threads", "0" }, { "threads", "257" }, { "threads", "8x" },
		{ "threads", "-1" }, { "threads", "" }, { "threads", "1e3" },
		{ "body_max", "99999999999999999999999" },
		{ "zone_minutes", "-721" }, { "zone_minutes", "--1" },
		{ "zone_minutes", "-" }, { "registration", "yes" },
		{ "registration", "2" }, { "lang", "EN" }, { "lang", "" },
		{ "log_level", "warn info" }, { "dir", "" },
		{ "dir", "a\nlisten = b" }, { "proxies", "10.0.0.1,10.0.0.2" },
		{ "proxies", "proxy.example" }, { "origins", "im.example" },
		{ "origins", "https://im.example/" }, { "origins", "http://" },
		{ "origins", "ftp://im.example" },
	};
	struct conf conf;

	(void)state;
	conf_init(&conf);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (set(&conf, bad[i][0], bad[i][1]) != ERR_FIELD_BAD)
			fail_msg("%s = %s was taken", bad[i][0], bad[i][1]);
		assert_non_null(strstr(why, bad[i][0]));
	}
	assert_string_equal(conf.listen.p, "127.0.0.1:8080");
	assert_int_equal(conf.threads, 8);
	assert_string_equal(conf.lang.p, "zh-CN");
	assert_int_equal(set(&conf, "thread", "3"), ERR_NOT_FOUND);
	assert_string_equal(why, "no option is called \"thread\"");
	assert_int_equal(set(&conf, "hold_s", "0"), ERR_FIELD_BAD);
	assert_string_equal(why,
	    "hold_s = \"0\": should be a number from 1 to 3600, in seconds");
	conf_fini(&conf);
}

static void
a_file_is_read(void **state)
{
	struct conf conf;
	char said[1024];

	(void)state;
	conf_init(&conf);
	assert_int_equal(read_text(&conf, "# sample\n\nthreads = 3\n"
	    "listen = [::]:80\nproxies =\norigins = https://a.example # b\n",
	    said), ERR_FIELD_BAD);
	assert_non_null(strstr(said, "origins"));
	assert_int_equal(conf.threads, 3);
	assert_string_equal(conf.listen.p, "[::]:80");
	conf_fini(&conf);
}

static void
each_slip_in_a_file_is_named(void **state)
{
	struct conf conf;
	char said[1024];

	(void)state;
	conf_init(&conf);
	assert_int_equal(read_text(&conf, "threds = 3\nthreads = many\n"
	    "hold {\n  s = 3\n}\nidle_s = 9\nqueue.user = 3\n", said), ERR_NOT_FOUND);
	assert_non_null(strstr(said, "\"threds\""));
	assert_non_null(strstr(said, "\"many\""));
	assert_non_null(strstr(said, "hold: an option has no parts"));
	assert_non_null(strstr(said, "queue: an option has no parts"));
	assert_int_equal(conf.idle_s, 9);
	assert_int_equal(read_text(&conf, "threads : idle_s\n", said),
	    ERR_FIELD_BAD);
	assert_int_equal(read_text(&conf, "what is this\n", said), ERR_FIELD_BAD);
	assert_non_null(strstr(said, ":1"));
	assert_int_equal(conf_read(&conf, "/nonexistent/zhitiao.conf"),
	    ERR_NOT_FOUND);
	conf_fini(&conf);
}

static void
what_is_printed_can_be_read_back(void **state)
{
	struct conf conf, again;
	char text[4096], said[1024], twice[4096];
	char *path = file_of("");
	FILE *f = fopen(path, "r+");
	size_t len;

	(void)state;
	assert_non_null(f);
	conf_init(&conf);
	conf_init(&again);
	assert_int_equal(set(&conf, "zone_minutes", "-60"), OK);
	assert_int_equal(set(&conf, "origins", "https://im.example"), OK);
	conf_print(&conf, fileno(f));
	rewind(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = '\0';
	assert_non_null(strstr(text, "\nzone_minutes = -60\n"));
	assert_non_null(strstr(text, "\nregistration = 1\n"));
	assert_int_equal(read_text(&again, text, said), OK);
	assert_string_equal(said, "");
	assert_int_equal(ftruncate(fileno(f), 0), 0);
	rewind(f);
	conf_print(&again, fileno(f));
	rewind(f);
	len = fread(twice, 1, sizeof(twice) - 1, f);
	twice[len] = '\0';
	assert_string_equal(text, twice);
	fclose(f);
	unlink(path);
	free(path);
	conf_fini(&again);
	conf_fini(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_the_documented_ones),
		cmocka_unit_test(good_values_are_taken),
		cmocka_unit_test(wrong_values_change_nothing),
		cmocka_unit_test(a_file_is_read),
		cmocka_unit_test(each_slip_in_a_file_is_named),
		cmocka_unit_test(what_is_printed_can_be_read_back),
	};

	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
