// Has whatever is started after it listen on loopback only, which the programs of Kinesis' emulators have no option for.
'use strict'

const net = require('net')

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  const options = typeof first === 'object' ? first : { port: Number(first) }
  const callback = rest.find((each) => typeof each === 'function')
  return listen.call(this, { ...options, host: '127.0.0.1' }, callback)
}
