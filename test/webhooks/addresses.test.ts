import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../shared/webhooks/addresses.ts';
import { parseWebhookUrl } from '../../shared/webhooks/url.ts';

describe('an address of the public internet', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])(
    'is %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.7',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
  ])('is not %s', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('the URL of a webhook', () => {
  const parsed = (url: string, loopback = false) => parseWebhookUrl(url, { loopback });

  it.each([
    ['https://hooks.example.com/a?b=c', 'https://hooks.example.com/a?b=c'],
    ['https://hooks.example.com:8443', 'https://hooks.example.com:8443/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://hooks.example.com/#part', 'https://hooks.example.com/'],
  ])('may be %s', (given, url) => expect(parsed(given)).toEqual({ url }));

  it('gives away user and password once, as the header they become', () =>
    expect(parsed('https://me:p%40ss@hooks.example.com/')).toEqual({
      url: 'https://hooks.example.com/',
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    }));

  it.each([
    'hooks.example.com',
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/',
    'https://%ZZ:x@hooks.example.com/',
    'http://localhost/',
  ])('cannot be %s', (given) => expect(parsed(given)).toHaveProperty('wrong'));

  it('may be on this machine at home, by plain HTTP, and on no other private address', () => {
    expect(parsed('http://127.0.0.1:3456/hook', true)).toEqual({ url: 'http://127.0.0.1:3456/hook' });
    expect(parsed('http://localhost:3456/', true)).toEqual({ url: 'http://localhost:3456/' });
    expect(parsed('http://[::1]:3456/', true)).toEqual({ url: 'http://[::1]:3456/' });
    expect(parsed('http://10.0.0.1/', true)).toHaveProperty('wrong');
    expect(parsed('https://10.0.0.1/', true)).toHaveProperty('wrong');
    expect(parsed('http://hooks.example.com/', true)).toHaveProperty('wrong');
  });
});
