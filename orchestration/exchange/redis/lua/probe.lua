-- KEYS: a key. ARGV: how long it is kept (ms), a channel. Fails where scripts cannot write or wake.
redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
redis.call('PUBLISH', ARGV[2], '')
