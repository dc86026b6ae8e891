/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The process of one job: long work on the media of a show that runs (process/library.h), at idle
 * priority. Takes one MSG_JOB, says how far it has come, answers with MSG_JOB_DONE and ends.
 */
#include "config.h"

#include "process/document.h"
#include "process/library.h"
#include "process/roles.h"
#include "base/text.h"
#include "platform/spawn.h"
#include "platform/thread.h"
#include "wire/msg.h"

#include <fcntl.h>
#include <string.h>

static void told(void *context, const char *text)
{
    (void)context;
    msg_send_text(SPAWN_SOCKET, MSG_JOB_TOLD, 0, text);
}

/* Patch, answer and offers as one memfd. */
static int pack_results(const struct library *library, struct err *err)
{
    struct strbuf all = {0};
    strbuf_addf(&all, "%s\f\n%s\f\n%s", library->patch.s ? library->patch.s : "", library->answer.s ? library->answer.s : "",
                library->offers.s ? library->offers.s : "");
    int fd = document_to_fd(&all, err);
    strbuf_clear(&all);
    return fd;
}

static int work(struct library *library, const struct msg_job *job, struct words *words, struct err *err)
{
    if (words_split(words, job->words, err) < 0)
        return -1;
    struct library_request request = {.kind = (enum command_job)job->kind, .copy = job->copy, .tab = job->tab, .row = job->row,
        .column = job->column, .clip = job->clip, .words = words->count, .word = words->word,
        .base = job->kind == COMMAND_JOB_IMPORT || job->kind == COMMAND_JOB_RELINK ? library->media : ""};
    library->progress.told = told;
    return library_run(library, &request, err) < 0 ? -1 : pack_results(library, err);
}

/* Return: a memfd with what came of it, or -1 with err. */
static int do_job(const struct msg_job *job, int document, struct err *err)
{
    static struct library library;
    struct words words = {0};
    struct strbuf text = {0};
    struct show *show = document_from_fd(document, &text, err) == 0 ? document_parse(text.s ? text.s : "", text.len, err) : NULL;
    strbuf_clear(&text);
    if (!show)
        return -1;
    int fd = library_init(&library, show, job->session, err) < 0 ? -1 : work(&library, job, &words, err);
    words_clear(&words);
    library_clear(&library);
    return fd;
}

int job_main(void)
{
    static struct msg msg;
    struct msg_job job;
    struct err err;
    if (msg_recv(SPAWN_SOCKET, &msg) != 1 || msg.type != MSG_JOB || msg.fd[0] < 0)
        return 2;
    fcntl(SPAWN_SOCKET, F_SETFD, FD_CLOEXEC);
    memcpy(&job, msg.payload, sizeof job);
    job.clip[sizeof job.clip - 1] = job.session[sizeof job.session - 1] = job.words[sizeof job.words - 1] = '\0';
    thread_be_idle();
    int fd = job.kind < COMMAND_JOBS ? do_job(&job, msg.fd[0], &err) : err_set(&err, ERR_USAGE, "no such job");
    struct msg_job_done done = {.ok = fd >= 0, .code = fd < 0 ? (uint32_t)err.code : 0};
    if (fd < 0)
        text_copy(done.text, sizeof done.text, err.text);
    msg_send(SPAWN_SOCKET, MSG_JOB_DONE, msg.serial, &done, sizeof done, &fd, fd >= 0 ? 1 : 0);
    return 0;
}
