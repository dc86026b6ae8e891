/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory local to the processors that use it (SPEC S10), on a machine with several nodes (numa(7)). */
#ifndef PLATFORM_NODE_H
#define PLATFORM_NODE_H

/*
 * Where this process may run on processors of several nodes, it keeps to those of the node it is on, and takes its
 * memory there as long as there is some; so do all that it starts from now on. One that was given a policy of memory already
 * (numactl(8)) or the processors of one node stays as it is. For the first process of a show, before it has threads.
 * sys: where sysfs is mounted (Documentation/ABI/stable/sysfs-devices-node). Return: the node; -1: nothing was to be done.
 */
int node_settle(const char *sys);

#endif
