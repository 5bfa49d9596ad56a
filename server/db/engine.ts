export const engines = ['mariadb', 'mysql'] as const

/** Whose database server. */
export type Engine = (typeof engines)[number]

export const engineTitles: Record<Engine, string> = { mariadb: 'MariaDB', mysql: 'MySQL' }

/** @param version as the server prints it: `10.11.6-MariaDB-…` or `9.7.4-2` */
export const engineOf = (version: string): Engine =>
  /mariadb/i.test(version) ? 'mariadb' : 'mysql'
