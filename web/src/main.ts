import '@fontsource/open-sans/latin-400.css';
import '@fontsource/open-sans/latin-600.css';
import { mount } from 'svelte';
import App from './App.svelte';
import './base.css';
import './lib/timings';
import './theme.css';

mount(App, { target: document.getElementById('app') as HTMLElement });
