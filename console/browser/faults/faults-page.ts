import { type ArmName, armNames, bodyOf, type ListedFault } from '../../model/faults.ts'
import { fill, type Language, type Words } from '../../model/words.ts'
import { h } from '../dom.ts'
import { ArmError, Arms } from './arms.ts'
import { FaultTable } from './fault-table.ts'
import { forgetToken, keepToken, keptToken, tokenForm } from './token.ts'

/** The page of faults: asks for the token, draws both arms, and does what is pressed. */
export class FaultsPage {
  readonly #main: HTMLElement
  readonly #words: Words
  readonly #banner = h('div', { class: 'banner', role: 'alert', hidden: true })
  readonly #news = h('p', { class: 'unseen', role: 'status' })
  readonly #stopAll: HTMLButtonElement
  readonly #table: FaultTable
  /** Null until the reader has given the token. */
  #arms: Arms | null = null
  /** Grows with each change that was asked for: a list from before it is not drawn. */
  #changes = 0
  /** Arms whose first list is drawn: what is active in it has not begun just now. */
  readonly #drawn = new Set<ArmName>()
  /** Arms that did not say that their faults were stopped. */
  #unstopped: ArmName[] = []

  constructor(main: HTMLElement, words: Words, language: Language) {
    this.#main = main
    this.#words = words
    const onclick = () => void this.#reset()
    this.#stopAll = h('button', { class: 'stop-all', hidden: true, onclick }, words.stopAll)
    this.#table = new FaultTable(words, language, {
      onStart: (arms, fault, intensity) => {
        const body = bodyOf(fault.example, intensity)
        for (const arm of arms) {
          void this.#change(arm, fault, (own) => own.start(arm, fault.name, body))
        }
      },
      onStop: (arm, fault) => {
        void this.#change(arm, fault, (own) => own.stop(arm, fault.name))
      },
    })
  }

  /** Stops every fault of both arms; stands in the head of the page. */
  get stopButton(): HTMLElement {
    return this.#stopAll
  }

  /** With the token of this tab, or with the question for it. */
  start(): void {
    const token = keptToken()
    if (token === null) this.#askToken('')
    else this.#use(token)
  }

  /** Draws how both arms are now; nothing while there is no token. */
  async refresh(): Promise<void> {
    const arms = this.#arms
    if (!arms) return
    const changes = this.#changes
    const failures = await Promise.all(
      armNames.map((arm) =>
        arms.list(arm).then(
          (faults) => {
            if (arms === this.#arms && changes === this.#changes) this.#show(arm, faults)
            return null
          },
          (error: unknown) => expected(error),
        ),
      ),
    )
    if (arms !== this.#arms) return
    if (failures.some((failure) => failure?.kind === 'token-refused')) this.#refuseToken()
    else this.#showFailures(failures)
  }

  #use(token: string): void {
    this.#arms = new Arms(token)
    this.#drawn.clear()
    void this.refresh()
  }

  #askToken(problem: string): void {
    this.#stopAll.hidden = true
    this.#banner.hidden = true
    const form = tokenForm(this.#words, problem, (token) => {
      keepToken(token)
      this.#use(token)
    })
    this.#main.replaceChildren(this.#banner, form)
    this.#main.setAttribute('aria-busy', 'false')
    form.querySelector('input')?.focus()
  }

  #refuseToken(): void {
    forgetToken()
    this.#arms = null
    this.#askToken(this.#words.tokenRefused)
  }

  #show(arm: ArmName, faults: readonly ListedFault[]): void {
    const { begun, ended } = this.#table.show(arm, faults)
    this.#lay()
    const { faultStarted, faultEnded } = this.#words
    if (this.#drawn.has(arm)) {
      const sentence = (text: string) => (fault: string) => fill(text, { fault, arm })
      const news = [...begun.map(sentence(faultStarted)), ...ended.map(sentence(faultEnded))]
      if (news.length > 0) this.#news.textContent = news.join(' ')
    }
    this.#drawn.add(arm)
  }

  /** Puts the table on the page once there is something to draw. */
  #lay(): void {
    if (this.#table.element.isConnected) return
    const intro = h('p', { class: 'soft intro' }, this.#words.faultsIntro)
    this.#main.replaceChildren(this.#banner, this.#news, intro, this.#table.element)
    this.#main.setAttribute('aria-busy', 'false')
    this.#stopAll.hidden = false
  }

  #showFailures(failures: readonly (ArmError | null)[]): void {
    const words = this.#words
    const gone = armNames.filter((_, at) => failures[at] !== null)
    for (const arm of gone) this.#table.showGone(arm)
    const mayBeOn = (arm: ArmName) => gone.includes(arm) || this.#table.activeIn(arm) > 0
    this.#unstopped = this.#unstopped.filter(mayBeOn)
    if (failures.some((failure) => failure?.kind === 'console-gone')) {
      this.#say(words.consoleGone, words.consoleGoneHint)
    } else if (this.#unstopped.length > 0) {
      this.#say(fill(words.notStopped, { arms: this.#unstopped.join(', ') }), '')
    } else if (gone.length > 0) {
      this.#say(fill(words.armsGone, { arms: gone.join(', ') }), words.armsGoneHint)
    } else {
      this.#banner.hidden = true
    }
  }

  /** Says it once, so that it is read out once. */
  #say(headline: string, hint: string): void {
    const isShown = !this.#banner.hidden && this.#banner.dataset.headline === headline
    if (!this.#banner.isConnected) this.#main.replaceChildren(this.#banner)
    if (isShown) return
    this.#banner.dataset.headline = headline
    this.#banner.hidden = false
    this.#banner.replaceChildren(h('strong', {}, headline), h('p', {}, hint))
  }

  /** Asks an arm for one change, and draws both arms again or why it was refused. */
  async #change(
    arm: ArmName,
    { name }: ListedFault,
    ask: (arms: Arms) => Promise<ListedFault>,
  ): Promise<void> {
    if (!this.#arms) return
    this.#changes += 1
    const problem = await ask(this.#arms).then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    this.#changes += 1
    this.#table.complain(arm, name, problem)
    await this.refresh()
  }

  async #reset(): Promise<void> {
    if (!this.#arms) return
    this.#changes += 1
    this.#unstopped = await this.#arms.reset()
    this.#changes += 1
    const isDone = this.#unstopped.length === 0
    await this.refresh()
    if (isDone) this.#news.textContent = this.#words.stoppedAll
  }
}

/** Whatever else is thrown is a bug of this page. */
function expected(error: unknown): ArmError {
  if (error instanceof ArmError) return error
  throw error
}
