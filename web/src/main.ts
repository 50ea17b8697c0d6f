import { mount } from 'svelte';
import App from './App.svelte';
import './base.css';
import './lib/timings';
import './theme.css';

mount(App, { target: document.getElementById('app') as HTMLElement });
