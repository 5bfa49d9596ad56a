/** Servers before which the proxy of an arm stands. */
export const proxiedServers = ['database', 'redis', 'bank'] as const
export type ProxiedServer = (typeof proxiedServers)[number]
