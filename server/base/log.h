#ifndef BASE_LOG_H
#define BASE_LOG_H

/*
 * One line per event on standard error: "LEVEL where: text".  Never pass
 * tokens, form keys, passwords, message text or phone numbers.
 */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level); /* at start only; default INFO */
void log_line(enum log_level level, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(...) log_line(LOG_ERROR, __func__, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __func__, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __func__, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __func__, __VA_ARGS__)

#endif
