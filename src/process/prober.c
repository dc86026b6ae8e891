/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One worker to ask about many files: see prober.h. */
#include "config.h"

#include "process/prober.h"
#include "media/media_pool.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

void prober_init(struct prober *prober)
{
    *prober = (struct prober){.worker = -1, .staging = -1};
}

void prober_clear(struct prober *prober)
{
    if (prober->worker < 0)
        return;
    close(prober->worker);
    close(prober->staging);
    kill(prober->pid, SIGKILL);
    waitpid(prober->pid, NULL, 0);
    prober_init(prober);
}

int prober_ask(struct prober *prober, const char *path, struct probe_info *info, struct err *err)
{
    if (prober->worker < 0 && media_start_worker(&prober->worker, &prober->staging, &prober->pid) < 0) {
        prober->worker = -1;
        err_set(err, ERR_IO, "no worker can be started");
        return -2;
    }
    if (probe_file(prober->worker, path, info, err) == 0)
        return 0;
    if (err->code != ERR_UNKNOWN)
        prober_clear(prober);           /* one that met a bad file is not asked again */
    return -1;
}
