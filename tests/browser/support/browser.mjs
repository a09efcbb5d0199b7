// Chromium, and pages that remember everything that went wrong on them.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** Playwright starts it headless, with a new user data directory that it removes afterwards. */
export function launchBrowser() {
    return chromium.launch({
        executablePath: process.env.POSTATO_CHROMIUM ?? '/usr/bin/chromium',
        headless: true,
        args: [
            '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync',
        ],
    });
}

/** A new profile: no cookies, no storage. */
export async function newProfile(browser) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    context.setDefaultTimeout(15_000);
    return context;
}

/** A page in the profile. `page.faults` collects script errors and policy violations. */
export async function newPage(context) {
    const page = await context.newPage();
    page.faults = [];
    page.on('pageerror', (error) => page.faults.push(`script error: ${error.message}`));
    page.on('console', (message) => {
        if (/content security policy|trusted type/i.test(message.text())) page.faults.push(message.text());
    });
    return page;
}

/** Keeps a picture when POSTATO_SCREENSHOTS names a directory. */
export async function keepPicture(page, name) {
    const directory = process.env.POSTATO_SCREENSHOTS;
    if (!directory) return;
    await mkdir(directory, { recursive: true });
    await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
}
