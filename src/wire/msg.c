/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages between processes: see msg.h. */
#include "config.h"

#include "wire/msg.h"

#include "wire/seek_table.h"
#include "wire/work.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

struct head {
    uint32_t type, serial, size, magic;
};
enum { HEAD_MAGIC = 0x4347 };

static const struct kind {
    const char *name;
    size_t least, most;                 /* payload bytes */
} kinds[MSG_TYPES] = {
    [MSG_HELLO] = {"hello", 0, MSG_PAYLOAD_MAX},
    [MSG_PEER] = {"peer", 0, 0},
    [MSG_WORKER] = {"worker", sizeof(struct msg_worker), sizeof(struct msg_worker)},
    [MSG_WORKER_PLEASE] = {"worker-please", 0, 0},
    [MSG_WORKER_LOST] = {"worker-lost", sizeof(struct msg_worker), sizeof(struct msg_worker)},
    [MSG_CONFIG] = {"config", 1, MSG_PAYLOAD_MAX},
    [MSG_GO] = {"go", 1, MSG_PAYLOAD_MAX},
    [MSG_STANDBY] = {"standby", sizeof(struct msg_standby), sizeof(struct msg_standby)},
    [MSG_ESTATE] = {"estate", 1, MSG_PAYLOAD_MAX},
    [MSG_ADOPTED] = {"adopted", sizeof(struct msg_adopted), sizeof(struct msg_adopted)},
    [MSG_BEGAN] = {"began", sizeof(struct msg_began), sizeof(struct msg_began)},
    [MSG_READY] = {"ready", 0, MSG_PAYLOAD_MAX},
    [MSG_FAILED] = {"failed", 0, MSG_PAYLOAD_MAX},
    [MSG_LEAVING] = {"leaving", 0, 0},
    [MSG_PARDON] = {"pardon", sizeof(struct msg_pardon), sizeof(struct msg_pardon)},
    [MSG_ALIVE] = {"alive", 0, 0},
    [MSG_QUIT] = {"quit", 0, 0},
    [MSG_OPTIONS] = {"options", 1, MSG_PAYLOAD_MAX},
    [MSG_SHOW] = {"show", sizeof(struct msg_show), sizeof(struct msg_show)},
    [MSG_MEDIA_CHANGED] = {"media-changed", sizeof(struct msg_media_changed), sizeof(struct msg_media_changed)},
    [MSG_MEDIA_INFO] = {"media-info", sizeof(struct msg_media_info), sizeof(struct msg_media_info)},
    [MSG_SAVED] = {"saved", sizeof(struct msg_result), sizeof(struct msg_result)},
    [MSG_OPENED] = {"opened", sizeof(struct msg_result), sizeof(struct msg_result)},
    [MSG_NOTICE] = {"notice", 1, 1024},
    [MSG_STORE_STATUS] = {"store-status", sizeof(struct msg_store_status), sizeof(struct msg_store_status)},
    [MSG_SHOW_PLEASE] = {"show-please", 0, 0},
    [MSG_MEDIA_BEGIN] = {"media-begin", 0, 0},
    [MSG_MEDIA_WANT] = {"media-want", offsetof(struct msg_media_want, path) + 1, sizeof(struct msg_media_want)},
    [MSG_MEDIA_CLIP] = {"media-clip", sizeof(struct msg_media_clip), sizeof(struct msg_media_clip)},
    [MSG_MEDIA_PLAYED] = {"media-played", sizeof(struct msg_media_played), sizeof(struct msg_media_played)},
    [MSG_MEDIA_FIRST] = {"media-first", sizeof(struct msg_media_first), sizeof(struct msg_media_first)},
    [MSG_MEDIA_DROP] = {"media-drop", sizeof(struct msg_media_drop), sizeof(struct msg_media_drop)},
    [MSG_YIELD] = {"yield", sizeof(struct msg_yield), sizeof(struct msg_yield)},
    [MSG_SAVE] = {"save", sizeof(struct msg_path), sizeof(struct msg_path)},
    [MSG_RESTORE] = {"restore", sizeof(struct msg_restore), sizeof(struct msg_restore)},
    [MSG_RESTORED] = {"restored", sizeof(struct msg_result), sizeof(struct msg_result)},
    [MSG_OPEN] = {"open", sizeof(struct msg_path), sizeof(struct msg_path)},
    [MSG_JOURNAL] = {"journal", 0, 8192},
    [MSG_JOURNAL_DOCUMENT] = {"journal-document", sizeof(struct msg_document), sizeof(struct msg_document)},
    [MSG_JOURNAL_KEPT] = {"journal-kept", sizeof(struct msg_kept), sizeof(struct msg_kept)},
    [MSG_POWER] = {"power", sizeof(struct msg_power), sizeof(struct msg_power)},
    [MSG_AFTERMATH] = {"aftermath", sizeof(struct msg_aftermath), sizeof(struct msg_aftermath)},
    [MSG_FLIGHT_PLEASE] = {"flight-please", 0, 0},
    [MSG_CRASH] = {"crash", 0, 0},
    [MSG_FLIGHT] = {"flight", 0, 0},
    [MSG_FLIGHT_DOCUMENT] = {"flight-document", sizeof(struct msg_flight_document), sizeof(struct msg_flight_document)},
    [MSG_JOB_CANCEL] = {"job-cancel", 0, 0},
    [MSG_JOB] = {"job", sizeof(struct msg_job), sizeof(struct msg_job)},
    [MSG_RECORD] = {"record", sizeof(struct msg_record), sizeof(struct msg_record)},
    [MSG_RECORD_END] = {"record-end", sizeof(struct msg_record_end), sizeof(struct msg_record_end)},
    [MSG_TAKE] = {"take", sizeof(struct msg_take), sizeof(struct msg_take)},
    [MSG_JOB_TOLD] = {"job-told", 1, 200},
    [MSG_JOB_DONE] = {"job-done", sizeof(struct msg_job_done), sizeof(struct msg_job_done)},
    [MSG_WORK_OPEN] = {"work-open", 0, sizeof(struct seek_table)},
    [MSG_WORK_OPENED] = {"work-opened", sizeof(struct work_opened), sizeof(struct work_opened)},
    [MSG_WORK_READ] = {"work-read", sizeof(struct work_read), sizeof(struct work_read)},
    [MSG_WORK_FRAMES] = {"work-frames", sizeof(struct work_frames), sizeof(struct work_frames)},
    [MSG_WORK_CLOSE] = {"work-close", 0, 0},
    [MSG_WORK_TAGS] = {"work-tags", 0, 0},
    [MSG_WORK_TAGGED] = {"work-tagged", offsetof(struct media_tags, text), sizeof(struct media_tags)},
    [MSG_WORK_MEASURE] = {"work-measure", sizeof(struct work_measure), sizeof(struct work_measure)},
    [MSG_WORK_MEASURED] = {"work-measured", sizeof(struct work_measured), sizeof(struct work_measured)},
    [MSG_WORK_TABLE] = {"work-table", 0, 0},
    [MSG_WORK_TABLED] = {"work-tabled", offsetof(struct seek_table, point), sizeof(struct seek_table)},
};
_Static_assert(sizeof(struct seek_table) <= MSG_PAYLOAD_MAX, "a table is one message");

const char *msg_name(enum msg_type type)
{
    return type > MSG_NONE && type < MSG_TYPES && kinds[type].name ? kinds[type].name : "?";
}

int msg_send(int socket, enum msg_type type, uint32_t serial, const void *payload, size_t size, const int *fds, int count)
{
    if (size < kinds[type].least || size > kinds[type].most || count > MSG_FDS_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    struct head head = {.type = (uint32_t)type, .serial = serial, .size = (uint32_t)size, .magic = HEAD_MAGIC};
    struct iovec part[2] = {{&head, sizeof head}, {(void *)(uintptr_t)payload, size}};
    union {
        char bytes[CMSG_SPACE(sizeof(int) * MSG_FDS_MAX)];
        struct cmsghdr align;
    } control;
    struct msghdr packet = {.msg_iov = part, .msg_iovlen = size ? 2 : 1};
    if (count) {
        memset(&control, 0, sizeof control);
        packet.msg_control = control.bytes;
        packet.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&packet);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(rights), fds, sizeof(int) * (size_t)count);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &packet, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

int msg_send_text(int socket, enum msg_type type, uint32_t serial, const char *text)
{
    size_t size = strlen(text);
    if (size > kinds[type].most)
        size = kinds[type].most;
    return msg_send(socket, type, serial, text, size, NULL, 0);
}

static void take_fds(struct msghdr *packet, struct msg *msg)
{
    int taken = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(packet); c; c = CMSG_NXTHDR(packet, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (taken < MSG_FDS_MAX)
                msg->fd[taken++] = fd;
            else
                close(fd);
        }
    }
}

int msg_recv(int socket, struct msg *msg)
{
    struct head head;
    struct iovec part[2] = {{&head, sizeof head}, {msg->payload, MSG_PAYLOAD_MAX}};
    union {
        char bytes[CMSG_SPACE(sizeof(int) * MSG_FDS_MAX)];
        struct cmsghdr align;
    } control;
    struct msghdr packet = {.msg_iov = part, .msg_iovlen = 2, .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    msg->type = MSG_NONE;
    for (int i = 0; i < MSG_FDS_MAX; i++)
        msg->fd[i] = -1;
    ssize_t got;
    do
        got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == ECONNRESET ? 0 : -1;
    take_fds(&packet, msg);
    if (got == 0) {                     /* gone, or an empty packet: that is nothing anyone here sends, but it may bring
                                         * descriptors */
        msg_clear(msg);
        return 0;
    }
    msg->size = (size_t)got - sizeof head;
    const struct kind *kind = got >= (ssize_t)sizeof head && head.type < MSG_TYPES ? &kinds[head.type] : NULL;
    if (!kind || !kind->name || head.magic != HEAD_MAGIC || (packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ||
        head.size != msg->size || msg->size < kind->least || msg->size > kind->most) {
        msg_clear(msg);
        errno = EPROTO;
        return -1;
    }
    msg->type = (enum msg_type)head.type;
    msg->serial = head.serial;
    msg->payload[msg->size] = '\0';
    return 1;
}

void msg_clear(struct msg *msg)
{
    for (int i = 0; i < MSG_FDS_MAX; i++) {
        if (msg->fd[i] >= 0)
            close(msg->fd[i]);
        msg->fd[i] = -1;
    }
}
