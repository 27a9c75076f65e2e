"""What the stack is told when it starts, made of the settings."""

from __future__ import annotations

from collections.abc import Sequence

import pjsua2 as pj

from .settings import LineSettings

HANDSHAKE = 2  # seconds for TLS: the stack has few places for connections

SRTP = {
    "off": pj.PJMEDIA_SRTP_DISABLED,
    "optional": pj.PJMEDIA_SRTP_OPTIONAL,
    "required": pj.PJMEDIA_SRTP_MANDATORY,
}


def endpoint_config(settings: LineSettings, log: pj.LogWriter) -> pj.EpConfig:
    """How the stack works.  `log` has to outlive it."""
    config = pj.EpConfig()
    config.uaConfig.maxCalls = 4096  # cut down to what the build holds
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = settings.user_agent
    media = config.medConfig
    media.hasIoqueue = False  # RTP is read by our poll: a key is an event within 0.3 ms
    media.threadCnt = 0
    media.clockRate = media.sndClockRate = 8000
    media.audioFramePtime = 20
    media.noVad = True
    media.ecTailLen = 0
    media.sndAutoCloseTime = -1  # else a call that plays nothing sends nothing
    level = 3 if settings.tls else max(0, min(3, settings.log_level))  # see `leg.UNFINISHED`
    config.logConfig.level = config.logConfig.consoleLevel = level
    config.logConfig.msgLogging = 0
    config.logConfig.writer = log
    return config


def listen(endpoint: pj.Endpoint, settings: LineSettings) -> None:
    """Opens the SIP ports.  Raises `pj.Error`."""
    config = pj.TransportConfig()
    config.port = settings.port
    config.boundAddress = settings.sip_bound
    config.publicAddress = settings.sip_advertised
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, config)
    if settings.tcp:
        endpoint.transportCreate(pj.PJSIP_TRANSPORT_TCP, config)
    if settings.tls:
        config.port = settings.tls_port
        tls = config.tlsConfig
        tls.certFile, tls.privKeyFile = str(settings.tls_certificate), str(settings.tls_key)
        tls.msecTimeout = 1000 * HANDSHAKE
        tls.method = pj.PJSIP_TLSV1_2_METHOD
        endpoint.transportCreate(pj.PJSIP_TRANSPORT_TLS, config)


def order_codecs(endpoint: pj.Endpoint, codecs: Sequence[str]) -> None:
    """Offers and takes `codecs`, best first, and no others."""
    for codec in endpoint.codecEnum2():
        name = codec.codecId.split("/")[0]
        endpoint.codecSetPriority(codec.codecId, 255 - codecs.index(name) if name in codecs else 0)


def account_config(settings: LineSettings, uri: str, *proxies: str) -> pj.AccountConfig:
    """What all accounts of a line have in common; `proxies` come after the front."""
    config = pj.AccountConfig()
    config.idUri = uri
    front = [f"sip:{settings.front};lr"] if settings.front else []
    for proxy in (*front, *proxies):
        config.sipConfig.proxies.append(proxy)
    # Over TCP our Contact would be the port of a connection, also when that is long gone.
    config.natConfig.contactUseSrcPort = 0
    # A 183 with an announcement is repeated until the caller has it, if he can say so (RFC 3262).
    config.callConfig.prackUse = pj.PJSUA_100REL_OPTIONAL
    media = config.mediaConfig
    rtp = media.transportConfig
    rtp.boundAddress = settings.address
    rtp.publicAddress = settings.advertised
    rtp.port = settings.rtp_port
    rtp.portRange = settings.rtp_ports - 1
    media.srtpUse = SRTP[settings.srtp]
    media.srtpSecureSignaling = 0  # keys may travel in plain SIP: TLS ends in the front
    media.srtpOpt.keyings.push_back(pj.PJMEDIA_SRTP_KEYING_SDES)
    return config
