import english from '../words/en.json' with { type: 'json' }
import korean from '../words/ko.json' with { type: 'json' }

/** What the pages say; in each language the same keys. */
export type Words = typeof english

export type Language = 'en' | 'ko'

const dictionaries: Record<Language, Words> = { en: english, ko: korean }

export const wordsIn = (language: Language): Words => dictionaries[language]

/** `?lang=` first, then the first language of Accept-Language that we speak, then English. */
export function chooseLanguage(asked: string | null, acceptLanguage: string): Language {
  if (asked === 'en' || asked === 'ko') return asked
  const ranked = acceptLanguage
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((one) => /^\s*q=([\d.]+)/.exec(one)?.[1]).find(Boolean)
      return { language: tag.slice(0, 2), quality: quality === undefined ? 1 : Number(quality) }
    })
    .sort((a, b) => b.quality - a.quality)
  for (const { language, quality } of ranked) {
    if (quality > 0 && (language === 'en' || language === 'ko')) return language
  }
  return 'en'
}

/** Fills `{name}` of a text in. */
export const fill = (text: string, parts: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole)
