import type { Words } from '../../model/words.ts'
import { h } from '../dom.ts'

const key = 'stampede-chaos-token'

/** The token that this tab was given; null before, and once it was refused. */
export const keptToken = (): string | null => sessionStorage.getItem(key)

export const keepToken = (token: string): void => sessionStorage.setItem(key, token)

export const forgetToken = (): void => sessionStorage.removeItem(key)

/** Asks for the token. @param problem why it is asked again; empty at first */
export function tokenForm(
  words: Words,
  problem: string,
  onToken: (token: string) => void,
): HTMLElement {
  const input = h('input', {
    ...{ type: 'password', id: 'token', autocomplete: 'off', spellcheck: 'false' },
    ...{ required: true, maxlength: 512, 'aria-describedby': 'token-hint' },
  })
  const onsubmit = (event: SubmitEvent) => {
    event.preventDefault()
    const token = input.value.trim()
    if (token !== '') onToken(token)
  }
  return h(
    'form',
    { class: 'token-form', onsubmit },
    h('h2', {}, words.tokenTitle),
    problem !== '' && h('p', { class: 'problem', role: 'alert' }, problem),
    h('label', { for: 'token' }, words.token),
    h('div', { class: 'token-line' }, input, useButton(words)),
    h('p', { class: 'soft', id: 'token-hint' }, words.tokenHint),
  )
}

const useButton = (words: Words) =>
  h('button', { type: 'submit', class: 'primary' }, words.tokenUse)
