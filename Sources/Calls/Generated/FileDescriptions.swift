// Written by Scripts/generate-protobuf for server reflection. Do not edit.

extension FileDescription {
  /// Every .proto file behind the generated code and what those import.
  package static let generated = [
    FileDescription(
      "apus/boxes/v1/boxes.proto", dependencies: [],
      names: """
        apus.boxes.v1.Boxes \
        apus.boxes.v1.Boxes.List \
        apus.boxes.v1.Boxes.Kill \
        apus.boxes.v1.Boxes.Run \
        apus.boxes.v1.Boxes.Log \
        apus.boxes.v1.ListRequest \
        apus.boxes.v1.ListReply \
        apus.boxes.v1.Box \
        apus.boxes.v1.Box.Work \
        apus.boxes.v1.Layer \
        apus.boxes.v1.KillRequest \
        apus.boxes.v1.KillReply \
        apus.boxes.v1.RunRequest \
        apus.boxes.v1.RunRequest.Graphics \
        apus.boxes.v1.RunRequest.Limits \
        apus.boxes.v1.RunReply \
        apus.boxes.v1.RunReply.End \
        apus.boxes.v1.RunReply.File \
        apus.boxes.v1.LogRequest \
        apus.boxes.v1.LogReply \
        apus.boxes.v1.LogRecord 
        """,
      base64: """
        ChlhcHVzL2JveGVzL3YxL2JveGVzLnByb3RvEg1hcHVzLmJveGVzLnYxIg0KC0xpc3RSZXF1ZXN0IjUKCUxpc3RS\
        ZXBseRIoCgVib3hlcxgBIAMoCzISLmFwdXMuYm94ZXMudjEuQm94UgVib3hlcyL2AwoDQm94EhIKBG5hbWUYASAB\
        KAlSBG5hbWUSGAoHY3JlYXRvchgCIAEoCVIHY3JlYXRvchIYCgdydW50aW1lGAMgASgJUgdydW50aW1lEhAKA3Bp\
        ZBgEIAEoDVIDcGlkEisKEXNpbmNlX25hbm9zZWNvbmRzGAUgASgDUhBzaW5jZU5hbm9zZWNvbmRzEisKBHdvcmsY\
        BiABKAsyFy5hcHVzLmJveGVzLnYxLkJveC5Xb3JrUgR3b3JrEhoKCGF0dGVtcHRzGAcgASgEUghhdHRlbXB0cxIh\
        CgxtZW1vcnlfYnl0ZXMYCCABKANSC21lbW9yeUJ5dGVzEiwKEm1lbW9yeV9saW1pdF9ieXRlcxgJIAEoA1IQbWVt\
        b3J5TGltaXRCeXRlcxIcCglwcm9jZXNzZXMYCiABKA1SCXByb2Nlc3NlcxIzChVwcm9jZXNzb3JfbmFub3NlY29u\
        ZHMYCyABKANSFHByb2Nlc3Nvck5hbm9zZWNvbmRzEiwKBmxheWVycxgMIAMoCzIULmFwdXMuYm94ZXMudjEuTGF5\
        ZXJSBmxheWVycxpNCgRXb3JrEhgKB3Byb2dyYW0YASABKAlSB3Byb2dyYW0SKwoRc2luY2VfbmFub3NlY29uZHMY\
        AiABKANSEHNpbmNlTmFub3NlY29uZHMiNQoFTGF5ZXISEgoEbmFtZRgBIAEoCVIEbmFtZRIYCgdhYnNlbmNlGAIg\
        ASgJUgdhYnNlbmNlIk0KC0tpbGxSZXF1ZXN0EhQKBW5hbWVzGAEgAygJUgVuYW1lcxIQCgNhbGwYAiABKAhSA2Fs\
        bBIWCgZyZWFzb24YAyABKAlSBnJlYXNvbiIhCglLaWxsUmVwbHkSFAoFbmFtZXMYASADKAlSBW5hbWVzIpMHCgpS\
        dW5SZXF1ZXN0EhgKB3J1bnRpbWUYASABKAlSB3J1bnRpbWUSGAoHcHJvZ3JhbRgCIAEoCVIHcHJvZ3JhbRIcCglh\
        cmd1bWVudHMYAyADKAlSCWFyZ3VtZW50cxJMCgtlbnZpcm9ubWVudBgEIAMoCzIqLmFwdXMuYm94ZXMudjEuUnVu\
        UmVxdWVzdC5FbnZpcm9ubWVudEVudHJ5UgtlbnZpcm9ubWVudBIUCgVpbnB1dBgFIAEoDFIFaW5wdXQSEgoEZmls\
        ZRgGIAEoCVIEZmlsZRIWCgZmb2xkZXIYByABKAlSBmZvbGRlchIYCgdyZXN1bHRzGAggASgJUgdyZXN1bHRzEjgK\
        BmxpbWl0cxgJIAEoCzIgLmFwdXMuYm94ZXMudjEuUnVuUmVxdWVzdC5MaW1pdHNSBmxpbWl0cxIXCgRzZWVkGAog\
        ASgESABSBHNlZWSIAQESGAoHY3JlYXRvchgLIAEoCVIHY3JlYXRvchJDCghncmFwaGljcxgMIAEoCzIiLmFwdXMu\
        Ym94ZXMudjEuUnVuUmVxdWVzdC5HcmFwaGljc0gBUghncmFwaGljc4gBARo+ChBFbnZpcm9ubWVudEVudHJ5EhAK\
        A2tleRgBIAEoCVIDa2V5EhQKBXZhbHVlGAIgASgJUgV2YWx1ZToCOAEaNgoIR3JhcGhpY3MSFAoFY2FyZHMYASAB\
        KA1SBWNhcmRzEhQKBXNoYXJlGAIgASgNUgVzaGFyZRrIAgoGTGltaXRzEi4KEHRpbWVfbmFub3NlY29uZHMYASAB\
        KANIAFIPdGltZU5hbm9zZWNvbmRziAEBEiYKDG1lbW9yeV9ieXRlcxgCIAEoA0gBUgttZW1vcnlCeXRlc4gBARIi\
        CgpmaWxlX2J5dGVzGAMgASgDSAJSCWZpbGVCeXRlc4gBARIhCglwcm9jZXNzZXMYBCABKA1IA1IJcHJvY2Vzc2Vz\
        iAEBEiYKDG91dHB1dF9ieXRlcxgFIAEoA0gEUgtvdXRwdXRCeXRlc4gBARIZCgVzdGVwcxgGIAEoBEgFUgVzdGVw\
        c4gBAUITChFfdGltZV9uYW5vc2Vjb25kc0IPCg1fbWVtb3J5X2J5dGVzQg0KC19maWxlX2J5dGVzQgwKCl9wcm9j\
        ZXNzZXNCDwoNX291dHB1dF9ieXRlc0IICgZfc3RlcHNCBwoFX3NlZWRCCwoJX2dyYXBoaWNzItkECghSdW5SZXBs\
        eRIWCgZvdXRwdXQYASABKAxSBm91dHB1dBIWCgZlcnJvcnMYAiABKAxSBmVycm9ycxItCgNlbmQYAyABKAsyGy5h\
        cHVzLmJveGVzLnYxLlJ1blJlcGx5LkVuZFIDZW5kGpgDCgNFbmQSEgoEa2luZBgBIAEoCVIEa2luZBIWCgZzdGF0\
        dXMYAiABKAVSBnN0YXR1cxISCgRjb2RlGAMgASgJUgRjb2RlEhIKBHRleHQYBCABKAlSBHRleHQSIAoLbmFub3Nl\
        Y29uZHMYBSABKANSC25hbm9zZWNvbmRzEikKEHVzZXJfbmFub3NlY29uZHMYBiABKANSD3VzZXJOYW5vc2Vjb25k\
        cxItChJzeXN0ZW1fbmFub3NlY29uZHMYByABKANSEXN5c3RlbU5hbm9zZWNvbmRzEi8KEXBlYWtfbWVtb3J5X2J5\
        dGVzGAggASgDSABSD3BlYWtNZW1vcnlCeXRlc4gBARIhCgxvdXRwdXRfYnl0ZXMYCSABKANSC291dHB1dEJ5dGVz\
        EhkKBXN0ZXBzGAogASgESAFSBXN0ZXBziAEBEjIKBWZpbGVzGAsgAygLMhwuYXB1cy5ib3hlcy52MS5SdW5SZXBs\
        eS5GaWxlUgVmaWxlc0IUChJfcGVha19tZW1vcnlfYnl0ZXNCCAoGX3N0ZXBzGlMKBEZpbGUSEgoEcGF0aBgBIAEo\
        CVIEcGF0aBISCgRzaXplGAIgASgDUgRzaXplEiMKDWlzX2V4ZWN1dGFibGUYAyABKAhSDGlzRXhlY3V0YWJsZSKE\
        AQoKTG9nUmVxdWVzdBIYCgdjcmVhdG9yGAEgASgJUgdjcmVhdG9yEjAKEXNpbmNlX25hbm9zZWNvbmRzGAIgASgD\
        SABSEHNpbmNlTmFub3NlY29uZHOIAQESFAoFbGltaXQYAyABKA1SBWxpbWl0QhQKEl9zaW5jZV9uYW5vc2Vjb25k\
        cyI+CghMb2dSZXBseRIyCgdyZWNvcmRzGAEgAygLMhguYXB1cy5ib3hlcy52MS5Mb2dSZWNvcmRSB3JlY29yZHMi\
        pwMKCUxvZ1JlY29yZBIYCgdjcmVhdG9yGAEgASgJUgdjcmVhdG9yEhgKB3J1bnRpbWUYAiABKAlSB3J1bnRpbWUS\
        GAoHcHJvZ3JhbRgDIAEoCVIHcHJvZ3JhbRIrChFiZWdhbl9uYW5vc2Vjb25kcxgEIAEoA1IQYmVnYW5OYW5vc2Vj\
        b25kcxIWCgZlbmRpbmcYBSABKAlSBmVuZGluZxIWCgZzdGF0dXMYBiABKAVSBnN0YXR1cxISCgR0ZXh0GAcgASgJ\
        UgR0ZXh0EhoKCGF0dGVtcHRzGAggASgEUghhdHRlbXB0cxIgCgtuYW5vc2Vjb25kcxgJIAEoA1ILbmFub3NlY29u\
        ZHMSMwoVcHJvY2Vzc29yX25hbm9zZWNvbmRzGAogASgDUhRwcm9jZXNzb3JOYW5vc2Vjb25kcxIvChFwZWFrX21l\
        bW9yeV9ieXRlcxgLIAEoA0gAUg9wZWFrTWVtb3J5Qnl0ZXOIAQESIQoMb3V0cHV0X2J5dGVzGAwgASgDUgtvdXRw\
        dXRCeXRlc0IUChJfcGVha19tZW1vcnlfYnl0ZXMy/QEKBUJveGVzEjwKBExpc3QSGi5hcHVzLmJveGVzLnYxLkxp\
        c3RSZXF1ZXN0GhguYXB1cy5ib3hlcy52MS5MaXN0UmVwbHkSPAoES2lsbBIaLmFwdXMuYm94ZXMudjEuS2lsbFJl\
        cXVlc3QaGC5hcHVzLmJveGVzLnYxLktpbGxSZXBseRI7CgNSdW4SGS5hcHVzLmJveGVzLnYxLlJ1blJlcXVlc3Qa\
        Fy5hcHVzLmJveGVzLnYxLlJ1blJlcGx5MAESOwoDTG9nEhkuYXB1cy5ib3hlcy52MS5Mb2dSZXF1ZXN0GhcuYXB1\
        cy5ib3hlcy52MS5Mb2dSZXBseTABYgZwcm90bzM
        """),
    FileDescription(
      "apus/boxes/v1/sharing.proto", dependencies: [],
      names: """
        apus.boxes.v1.Sharing \
        apus.boxes.v1.Sharing.Show \
        apus.boxes.v1.Sharing.Set \
        apus.boxes.v1.Sharing.Pause \
        apus.boxes.v1.Sharing.Resume \
        apus.boxes.v1.SharingRules \
        apus.boxes.v1.SharingWords \
        apus.boxes.v1.SharingPause \
        apus.boxes.v1.SharingDecision \
        apus.boxes.v1.ShowSharingRequest \
        apus.boxes.v1.SetSharingRequest \
        apus.boxes.v1.PauseSharingRequest \
        apus.boxes.v1.ResumeSharingRequest \
        apus.boxes.v1.SharingReport 
        """,
      base64: """
        ChthcHVzL2JveGVzL3YxL3NoYXJpbmcucHJvdG8SDWFwdXMuYm94ZXMudjEixwMKDFNoYXJpbmdSdWxlcxIZCgVj\
        b3JlcxgBIAEoDUgAUgVjb3Jlc4gBARImCgxtZW1vcnlfYnl0ZXMYAiABKANIAVILbWVtb3J5Qnl0ZXOIAQESIgoK\
        ZGlza19ieXRlcxgDIAEoA0gCUglkaXNrQnl0ZXOIAQESFwoEZ3B1cxgEIAEoDUgDUgRncHVziAEBEjcKCHJ1bnRp\
        bWVzGAUgASgLMhsuYXB1cy5ib3hlcy52MS5TaGFyaW5nV29yZHNSCHJ1bnRpbWVzEjcKCGNyZWF0b3JzGAYgASgL\
        MhsuYXB1cy5ib3hlcy52MS5TaGFyaW5nV29yZHNSCGNyZWF0b3JzEhgKB25ldHdvcmsYByADKAlSB25ldHdvcmsS\
        FAoFaG91cnMYCCABKAlSBWhvdXJzEi4KEGlkbGVfbmFub3NlY29uZHMYCSABKANIBFIPaWRsZU5hbm9zZWNvbmRz\
        iAEBEh0KCm1haW5zX29ubHkYCiABKAhSCW1haW5zT25seUIICgZfY29yZXNCDwoNX21lbW9yeV9ieXRlc0INCgtf\
        ZGlza19ieXRlc0IHCgVfZ3B1c0ITChFfaWRsZV9uYW5vc2Vjb25kcyIkCgxTaGFyaW5nV29yZHMSFAoFd29yZHMY\
        ASADKAlSBXdvcmRzIqQBCgxTaGFyaW5nUGF1c2USKwoRc2luY2VfbmFub3NlY29uZHMYASABKANSEHNpbmNlTmFu\
        b3NlY29uZHMSMAoRdW50aWxfbmFub3NlY29uZHMYAiABKANIAFIQdW50aWxOYW5vc2Vjb25kc4gBARIfCgtsZXRz\
        X2ZpbmlzaBgDIAEoCFIKbGV0c0ZpbmlzaEIUChJfdW50aWxfbmFub3NlY29uZHMikwEKD1NoYXJpbmdEZWNpc2lv\
        bhIxCgVydWxlcxgBIAEoCzIbLmFwdXMuYm94ZXMudjEuU2hhcmluZ1J1bGVzUgVydWxlcxIxCgVwYXVzZRgCIAEo\
        CzIbLmFwdXMuYm94ZXMudjEuU2hhcmluZ1BhdXNlUgVwYXVzZRIaCghyZXZpc2lvbhgDIAEoBFIIcmV2aXNpb24i\
        FAoSU2hvd1NoYXJpbmdSZXF1ZXN0ImIKEVNldFNoYXJpbmdSZXF1ZXN0EjEKBXJ1bGVzGAEgASgLMhsuYXB1cy5i\
        b3hlcy52MS5TaGFyaW5nUnVsZXNSBXJ1bGVzEhoKCHJldmlzaW9uGAIgASgEUghyZXZpc2lvbiJ+ChNQYXVzZVNo\
        YXJpbmdSZXF1ZXN0EjAKEXVudGlsX25hbm9zZWNvbmRzGAEgASgDSABSEHVudGlsTmFub3NlY29uZHOIAQESHwoL\
        bGV0c19maW5pc2gYAiABKAhSCmxldHNGaW5pc2hCFAoSX3VudGlsX25hbm9zZWNvbmRzIhYKFFJlc3VtZVNoYXJp\
        bmdSZXF1ZXN0IpgDCg1TaGFyaW5nUmVwb3J0EjoKCGRlY2lzaW9uGAEgASgLMh4uYXB1cy5ib3hlcy52MS5TaGFy\
        aW5nRGVjaXNpb25SCGRlY2lzaW9uEhoKCG9ic3RhY2xlGAIgASgJUghvYnN0YWNsZRIwChF1bnRpbF9uYW5vc2Vj\
        b25kcxgDIAEoA0gAUhB1bnRpbE5hbm9zZWNvbmRziAEBEhoKCGF0dGVtcHRzGAQgASgNUghhdHRlbXB0cxIhCgxt\
        ZW1vcnlfYnl0ZXMYBSABKANSC21lbW9yeUJ5dGVzEh0KCmRpc2tfYnl0ZXMYBiABKANSCWRpc2tCeXRlcxIuChBp\
        ZGxlX25hbm9zZWNvbmRzGAcgASgDSAFSD2lkbGVOYW5vc2Vjb25kc4gBARIgCgloYXNfbWFpbnMYCCABKAhIAlII\
        aGFzTWFpbnOIAQESFAoFZW5kZWQYCSABKA1SBWVuZGVkQhQKEl91bnRpbF9uYW5vc2Vjb25kc0ITChFfaWRsZV9u\
        YW5vc2Vjb25kc0IMCgpfaGFzX21haW5zMrECCgdTaGFyaW5nEkcKBFNob3cSIS5hcHVzLmJveGVzLnYxLlNob3dT\
        aGFyaW5nUmVxdWVzdBocLmFwdXMuYm94ZXMudjEuU2hhcmluZ1JlcG9ydBJFCgNTZXQSIC5hcHVzLmJveGVzLnYx\
        LlNldFNoYXJpbmdSZXF1ZXN0GhwuYXB1cy5ib3hlcy52MS5TaGFyaW5nUmVwb3J0EkkKBVBhdXNlEiIuYXB1cy5i\
        b3hlcy52MS5QYXVzZVNoYXJpbmdSZXF1ZXN0GhwuYXB1cy5ib3hlcy52MS5TaGFyaW5nUmVwb3J0EksKBlJlc3Vt\
        ZRIjLmFwdXMuYm94ZXMudjEuUmVzdW1lU2hhcmluZ1JlcXVlc3QaHC5hcHVzLmJveGVzLnYxLlNoYXJpbmdSZXBv\
        cnRiBnByb3RvMw
        """),
    FileDescription(
      "apus/faults/v1/faults.proto", dependencies: [],
      names: """
        apus.faults.v1.Faults \
        apus.faults.v1.Faults.Apply \
        apus.faults.v1.Faults.Show \
        apus.faults.v1.Faults.Clear \
        apus.faults.v1.ApplyRequest \
        apus.faults.v1.ApplyReply \
        apus.faults.v1.ShowRequest \
        apus.faults.v1.ShowReply \
        apus.faults.v1.ClearRequest \
        apus.faults.v1.ClearReply \
        apus.faults.v1.Plan \
        apus.faults.v1.Fault 
        """,
      base64: """
        ChthcHVzL2ZhdWx0cy92MS9mYXVsdHMucHJvdG8SDmFwdXMuZmF1bHRzLnYxIiIKDEFwcGx5UmVxdWVzdBISCgRw\
        bGFuGAEgASgJUgRwbGFuIjYKCkFwcGx5UmVwbHkSKAoEcGxhbhgBIAEoCzIULmFwdXMuZmF1bHRzLnYxLlBsYW5S\
        BHBsYW4iDQoLU2hvd1JlcXVlc3QiTwoJU2hvd1JlcGx5EhgKB2VuYWJsZWQYASABKAhSB2VuYWJsZWQSKAoEcGxh\
        bhgCIAEoCzIULmFwdXMuZmF1bHRzLnYxLlBsYW5SBHBsYW4iDgoMQ2xlYXJSZXF1ZXN0Ii4KCkNsZWFyUmVwbHkS\
        IAoMd2FzX2luX2ZvcmNlGAEgASgIUgp3YXNJbkZvcmNlIrsBCgRQbGFuEhIKBHNlZWQYASABKANSBHNlZWQSLwoT\
        YXBwbGllZF9uYW5vc2Vjb25kcxgCIAEoA1ISYXBwbGllZE5hbm9zZWNvbmRzEikKEGFnZV9taWxsaXNlY29uZHMY\
        AyABKARSD2FnZU1pbGxpc2Vjb25kcxItCgZmYXVsdHMYBCADKAsyFS5hcHVzLmZhdWx0cy52MS5GYXVsdFIGZmF1\
        bHRzEhQKBW5vdGVzGAUgAygJUgVub3RlcyKCAgoFRmF1bHQSFgoGZWZmZWN0GAEgASgJUgZlZmZlY3QSFAoFc2Nv\
        cGUYAiABKAlSBXNjb3BlEi0KEmFmdGVyX21pbGxpc2Vjb25kcxgDIAEoBFIRYWZ0ZXJNaWxsaXNlY29uZHMSMgoS\
        bGFzdHNfbWlsbGlzZWNvbmRzGAQgASgESABSEWxhc3RzTWlsbGlzZWNvbmRziAEBEhQKBXNoYXJlGAUgASgBUgVz\
        aGFyZRIZCgV0aW1lcxgGIAEoBEgBUgV0aW1lc4gBARIWCgZzdHJ1Y2sYByABKARSBnN0cnVja0IVChNfbGFzdHNf\
        bWlsbGlzZWNvbmRzQggKBl90aW1lczLOAQoGRmF1bHRzEkEKBUFwcGx5EhwuYXB1cy5mYXVsdHMudjEuQXBwbHlS\
        ZXF1ZXN0GhouYXB1cy5mYXVsdHMudjEuQXBwbHlSZXBseRI+CgRTaG93EhsuYXB1cy5mYXVsdHMudjEuU2hvd1Jl\
        cXVlc3QaGS5hcHVzLmZhdWx0cy52MS5TaG93UmVwbHkSQQoFQ2xlYXISHC5hcHVzLmZhdWx0cy52MS5DbGVhclJl\
        cXVlc3QaGi5hcHVzLmZhdWx0cy52MS5DbGVhclJlcGx5YgZwcm90bzM
        """),
    FileDescription(
      "google/protobuf/descriptor.proto", dependencies: [],
      names: """
        google.protobuf.FileDescriptorSet \
        google.protobuf.FileDescriptorProto \
        google.protobuf.DescriptorProto \
        google.protobuf.DescriptorProto.ExtensionRange \
        google.protobuf.DescriptorProto.ReservedRange \
        google.protobuf.ExtensionRangeOptions \
        google.protobuf.FieldDescriptorProto \
        google.protobuf.OneofDescriptorProto \
        google.protobuf.EnumDescriptorProto \
        google.protobuf.EnumDescriptorProto.EnumReservedRange \
        google.protobuf.EnumValueDescriptorProto \
        google.protobuf.ServiceDescriptorProto \
        google.protobuf.MethodDescriptorProto \
        google.protobuf.FileOptions \
        google.protobuf.MessageOptions \
        google.protobuf.FieldOptions \
        google.protobuf.OneofOptions \
        google.protobuf.EnumOptions \
        google.protobuf.EnumValueOptions \
        google.protobuf.ServiceOptions \
        google.protobuf.MethodOptions \
        google.protobuf.UninterpretedOption \
        google.protobuf.UninterpretedOption.NamePart \
        google.protobuf.SourceCodeInfo \
        google.protobuf.SourceCodeInfo.Location \
        google.protobuf.GeneratedCodeInfo \
        google.protobuf.GeneratedCodeInfo.Annotation \
        google.protobuf.FieldDescriptorProto.Type \
        google.protobuf.FieldDescriptorProto.Label \
        google.protobuf.FileOptions.OptimizeMode \
        google.protobuf.FieldOptions.CType \
        google.protobuf.FieldOptions.JSType \
        google.protobuf.MethodOptions.IdempotencyLevel 
        """,
      base64: """
        CiBnb29nbGUvcHJvdG9idWYvZGVzY3JpcHRvci5wcm90bxIPZ29vZ2xlLnByb3RvYnVmIk0KEUZpbGVEZXNjcmlw\
        dG9yU2V0EjgKBGZpbGUYASADKAsyJC5nb29nbGUucHJvdG9idWYuRmlsZURlc2NyaXB0b3JQcm90b1IEZmlsZSLk\
        BAoTRmlsZURlc2NyaXB0b3JQcm90bxISCgRuYW1lGAEgASgJUgRuYW1lEhgKB3BhY2thZ2UYAiABKAlSB3BhY2th\
        Z2USHgoKZGVwZW5kZW5jeRgDIAMoCVIKZGVwZW5kZW5jeRIrChFwdWJsaWNfZGVwZW5kZW5jeRgKIAMoBVIQcHVi\
        bGljRGVwZW5kZW5jeRInCg93ZWFrX2RlcGVuZGVuY3kYCyADKAVSDndlYWtEZXBlbmRlbmN5EkMKDG1lc3NhZ2Vf\
        dHlwZRgEIAMoCzIgLmdvb2dsZS5wcm90b2J1Zi5EZXNjcmlwdG9yUHJvdG9SC21lc3NhZ2VUeXBlEkEKCWVudW1f\
        dHlwZRgFIAMoCzIkLmdvb2dsZS5wcm90b2J1Zi5FbnVtRGVzY3JpcHRvclByb3RvUghlbnVtVHlwZRJBCgdzZXJ2\
        aWNlGAYgAygLMicuZ29vZ2xlLnByb3RvYnVmLlNlcnZpY2VEZXNjcmlwdG9yUHJvdG9SB3NlcnZpY2USQwoJZXh0\
        ZW5zaW9uGAcgAygLMiUuZ29vZ2xlLnByb3RvYnVmLkZpZWxkRGVzY3JpcHRvclByb3RvUglleHRlbnNpb24SNgoH\
        b3B0aW9ucxgIIAEoCzIcLmdvb2dsZS5wcm90b2J1Zi5GaWxlT3B0aW9uc1IHb3B0aW9ucxJJChBzb3VyY2VfY29k\
        ZV9pbmZvGAkgASgLMh8uZ29vZ2xlLnByb3RvYnVmLlNvdXJjZUNvZGVJbmZvUg5zb3VyY2VDb2RlSW5mbxIWCgZz\
        eW50YXgYDCABKAlSBnN5bnRheCK5BgoPRGVzY3JpcHRvclByb3RvEhIKBG5hbWUYASABKAlSBG5hbWUSOwoFZmll\
        bGQYAiADKAsyJS5nb29nbGUucHJvdG9idWYuRmllbGREZXNjcmlwdG9yUHJvdG9SBWZpZWxkEkMKCWV4dGVuc2lv\
        bhgGIAMoCzIlLmdvb2dsZS5wcm90b2J1Zi5GaWVsZERlc2NyaXB0b3JQcm90b1IJZXh0ZW5zaW9uEkEKC25lc3Rl\
        ZF90eXBlGAMgAygLMiAuZ29vZ2xlLnByb3RvYnVmLkRlc2NyaXB0b3JQcm90b1IKbmVzdGVkVHlwZRJBCgllbnVt\
        X3R5cGUYBCADKAsyJC5nb29nbGUucHJvdG9idWYuRW51bURlc2NyaXB0b3JQcm90b1IIZW51bVR5cGUSWAoPZXh0\
        ZW5zaW9uX3JhbmdlGAUgAygLMi8uZ29vZ2xlLnByb3RvYnVmLkRlc2NyaXB0b3JQcm90by5FeHRlbnNpb25SYW5n\
        ZVIOZXh0ZW5zaW9uUmFuZ2USRAoKb25lb2ZfZGVjbBgIIAMoCzIlLmdvb2dsZS5wcm90b2J1Zi5PbmVvZkRlc2Ny\
        aXB0b3JQcm90b1IJb25lb2ZEZWNsEjkKB29wdGlvbnMYByABKAsyHy5nb29nbGUucHJvdG9idWYuTWVzc2FnZU9w\
        dGlvbnNSB29wdGlvbnMSVQoOcmVzZXJ2ZWRfcmFuZ2UYCSADKAsyLi5nb29nbGUucHJvdG9idWYuRGVzY3JpcHRv\
        clByb3RvLlJlc2VydmVkUmFuZ2VSDXJlc2VydmVkUmFuZ2USIwoNcmVzZXJ2ZWRfbmFtZRgKIAMoCVIMcmVzZXJ2\
        ZWROYW1lGnoKDkV4dGVuc2lvblJhbmdlEhQKBXN0YXJ0GAEgASgFUgVzdGFydBIQCgNlbmQYAiABKAVSA2VuZBJA\
        CgdvcHRpb25zGAMgASgLMiYuZ29vZ2xlLnByb3RvYnVmLkV4dGVuc2lvblJhbmdlT3B0aW9uc1IHb3B0aW9ucxo3\
        Cg1SZXNlcnZlZFJhbmdlEhQKBXN0YXJ0GAEgASgFUgVzdGFydBIQCgNlbmQYAiABKAVSA2VuZCJ8ChVFeHRlbnNp\
        b25SYW5nZU9wdGlvbnMSWAoUdW5pbnRlcnByZXRlZF9vcHRpb24Y5wcgAygLMiQuZ29vZ2xlLnByb3RvYnVmLlVu\
        aW50ZXJwcmV0ZWRPcHRpb25SE3VuaW50ZXJwcmV0ZWRPcHRpb24qCQjoBxCAgICAAiLBBgoURmllbGREZXNjcmlw\
        dG9yUHJvdG8SEgoEbmFtZRgBIAEoCVIEbmFtZRIWCgZudW1iZXIYAyABKAVSBm51bWJlchJBCgVsYWJlbBgEIAEo\
        DjIrLmdvb2dsZS5wcm90b2J1Zi5GaWVsZERlc2NyaXB0b3JQcm90by5MYWJlbFIFbGFiZWwSPgoEdHlwZRgFIAEo\
        DjIqLmdvb2dsZS5wcm90b2J1Zi5GaWVsZERlc2NyaXB0b3JQcm90by5UeXBlUgR0eXBlEhsKCXR5cGVfbmFtZRgG\
        IAEoCVIIdHlwZU5hbWUSGgoIZXh0ZW5kZWUYAiABKAlSCGV4dGVuZGVlEiMKDWRlZmF1bHRfdmFsdWUYByABKAlS\
        DGRlZmF1bHRWYWx1ZRIfCgtvbmVvZl9pbmRleBgJIAEoBVIKb25lb2ZJbmRleBIbCglqc29uX25hbWUYCiABKAlS\
        CGpzb25OYW1lEjcKB29wdGlvbnMYCCABKAsyHS5nb29nbGUucHJvdG9idWYuRmllbGRPcHRpb25zUgdvcHRpb25z\
        EicKD3Byb3RvM19vcHRpb25hbBgRIAEoCFIOcHJvdG8zT3B0aW9uYWwitgIKBFR5cGUSDwoLVFlQRV9ET1VCTEUQ\
        ARIOCgpUWVBFX0ZMT0FUEAISDgoKVFlQRV9JTlQ2NBADEg8KC1RZUEVfVUlOVDY0EAQSDgoKVFlQRV9JTlQzMhAF\
        EhAKDFRZUEVfRklYRUQ2NBAGEhAKDFRZUEVfRklYRUQzMhAHEg0KCVRZUEVfQk9PTBAIEg8KC1RZUEVfU1RSSU5H\
        EAkSDgoKVFlQRV9HUk9VUBAKEhAKDFRZUEVfTUVTU0FHRRALEg4KClRZUEVfQllURVMQDBIPCgtUWVBFX1VJTlQz\
        MhANEg0KCVRZUEVfRU5VTRAOEhEKDVRZUEVfU0ZJWEVEMzIQDxIRCg1UWVBFX1NGSVhFRDY0EBASDwoLVFlQRV9T\
        SU5UMzIQERIPCgtUWVBFX1NJTlQ2NBASIkMKBUxhYmVsEhIKDkxBQkVMX09QVElPTkFMEAESEgoOTEFCRUxfUkVR\
        VUlSRUQQAhISCg5MQUJFTF9SRVBFQVRFRBADImMKFE9uZW9mRGVzY3JpcHRvclByb3RvEhIKBG5hbWUYASABKAlS\
        BG5hbWUSNwoHb3B0aW9ucxgCIAEoCzIdLmdvb2dsZS5wcm90b2J1Zi5PbmVvZk9wdGlvbnNSB29wdGlvbnMi4wIK\
        E0VudW1EZXNjcmlwdG9yUHJvdG8SEgoEbmFtZRgBIAEoCVIEbmFtZRI/CgV2YWx1ZRgCIAMoCzIpLmdvb2dsZS5w\
        cm90b2J1Zi5FbnVtVmFsdWVEZXNjcmlwdG9yUHJvdG9SBXZhbHVlEjYKB29wdGlvbnMYAyABKAsyHC5nb29nbGUu\
        cHJvdG9idWYuRW51bU9wdGlvbnNSB29wdGlvbnMSXQoOcmVzZXJ2ZWRfcmFuZ2UYBCADKAsyNi5nb29nbGUucHJv\
        dG9idWYuRW51bURlc2NyaXB0b3JQcm90by5FbnVtUmVzZXJ2ZWRSYW5nZVINcmVzZXJ2ZWRSYW5nZRIjCg1yZXNl\
        cnZlZF9uYW1lGAUgAygJUgxyZXNlcnZlZE5hbWUaOwoRRW51bVJlc2VydmVkUmFuZ2USFAoFc3RhcnQYASABKAVS\
        BXN0YXJ0EhAKA2VuZBgCIAEoBVIDZW5kIoMBChhFbnVtVmFsdWVEZXNjcmlwdG9yUHJvdG8SEgoEbmFtZRgBIAEo\
        CVIEbmFtZRIWCgZudW1iZXIYAiABKAVSBm51bWJlchI7CgdvcHRpb25zGAMgASgLMiEuZ29vZ2xlLnByb3RvYnVm\
        LkVudW1WYWx1ZU9wdGlvbnNSB29wdGlvbnMipwEKFlNlcnZpY2VEZXNjcmlwdG9yUHJvdG8SEgoEbmFtZRgBIAEo\
        CVIEbmFtZRI+CgZtZXRob2QYAiADKAsyJi5nb29nbGUucHJvdG9idWYuTWV0aG9kRGVzY3JpcHRvclByb3RvUgZt\
        ZXRob2QSOQoHb3B0aW9ucxgDIAEoCzIfLmdvb2dsZS5wcm90b2J1Zi5TZXJ2aWNlT3B0aW9uc1IHb3B0aW9ucyKJ\
        AgoVTWV0aG9kRGVzY3JpcHRvclByb3RvEhIKBG5hbWUYASABKAlSBG5hbWUSHQoKaW5wdXRfdHlwZRgCIAEoCVIJ\
        aW5wdXRUeXBlEh8KC291dHB1dF90eXBlGAMgASgJUgpvdXRwdXRUeXBlEjgKB29wdGlvbnMYBCABKAsyHi5nb29n\
        bGUucHJvdG9idWYuTWV0aG9kT3B0aW9uc1IHb3B0aW9ucxIwChBjbGllbnRfc3RyZWFtaW5nGAUgASgIOgVmYWxz\
        ZVIPY2xpZW50U3RyZWFtaW5nEjAKEHNlcnZlcl9zdHJlYW1pbmcYBiABKAg6BWZhbHNlUg9zZXJ2ZXJTdHJlYW1p\
        bmcikQkKC0ZpbGVPcHRpb25zEiEKDGphdmFfcGFja2FnZRgBIAEoCVILamF2YVBhY2thZ2USMAoUamF2YV9vdXRl\
        cl9jbGFzc25hbWUYCCABKAlSEmphdmFPdXRlckNsYXNzbmFtZRI1ChNqYXZhX211bHRpcGxlX2ZpbGVzGAogASgI\
        OgVmYWxzZVIRamF2YU11bHRpcGxlRmlsZXMSRAodamF2YV9nZW5lcmF0ZV9lcXVhbHNfYW5kX2hhc2gYFCABKAhC\
        AhgBUhlqYXZhR2VuZXJhdGVFcXVhbHNBbmRIYXNoEjoKFmphdmFfc3RyaW5nX2NoZWNrX3V0ZjgYGyABKAg6BWZh\
        bHNlUhNqYXZhU3RyaW5nQ2hlY2tVdGY4ElMKDG9wdGltaXplX2ZvchgJIAEoDjIpLmdvb2dsZS5wcm90b2J1Zi5G\
        aWxlT3B0aW9ucy5PcHRpbWl6ZU1vZGU6BVNQRUVEUgtvcHRpbWl6ZUZvchIdCgpnb19wYWNrYWdlGAsgASgJUgln\
        b1BhY2thZ2USNQoTY2NfZ2VuZXJpY19zZXJ2aWNlcxgQIAEoCDoFZmFsc2VSEWNjR2VuZXJpY1NlcnZpY2VzEjkK\
        FWphdmFfZ2VuZXJpY19zZXJ2aWNlcxgRIAEoCDoFZmFsc2VSE2phdmFHZW5lcmljU2VydmljZXMSNQoTcHlfZ2Vu\
        ZXJpY19zZXJ2aWNlcxgSIAEoCDoFZmFsc2VSEXB5R2VuZXJpY1NlcnZpY2VzEjcKFHBocF9nZW5lcmljX3NlcnZp\
        Y2VzGCogASgIOgVmYWxzZVIScGhwR2VuZXJpY1NlcnZpY2VzEiUKCmRlcHJlY2F0ZWQYFyABKAg6BWZhbHNlUgpk\
        ZXByZWNhdGVkEi4KEGNjX2VuYWJsZV9hcmVuYXMYHyABKAg6BHRydWVSDmNjRW5hYmxlQXJlbmFzEioKEW9iamNf\
        Y2xhc3NfcHJlZml4GCQgASgJUg9vYmpjQ2xhc3NQcmVmaXgSKQoQY3NoYXJwX25hbWVzcGFjZRglIAEoCVIPY3No\
        YXJwTmFtZXNwYWNlEiEKDHN3aWZ0X3ByZWZpeBgnIAEoCVILc3dpZnRQcmVmaXgSKAoQcGhwX2NsYXNzX3ByZWZp\
        eBgoIAEoCVIOcGhwQ2xhc3NQcmVmaXgSIwoNcGhwX25hbWVzcGFjZRgpIAEoCVIMcGhwTmFtZXNwYWNlEjQKFnBo\
        cF9tZXRhZGF0YV9uYW1lc3BhY2UYLCABKAlSFHBocE1ldGFkYXRhTmFtZXNwYWNlEiEKDHJ1YnlfcGFja2FnZRgt\
        IAEoCVILcnVieVBhY2thZ2USWAoUdW5pbnRlcnByZXRlZF9vcHRpb24Y5wcgAygLMiQuZ29vZ2xlLnByb3RvYnVm\
        LlVuaW50ZXJwcmV0ZWRPcHRpb25SE3VuaW50ZXJwcmV0ZWRPcHRpb24iOgoMT3B0aW1pemVNb2RlEgkKBVNQRUVE\
        EAESDQoJQ09ERV9TSVpFEAISEAoMTElURV9SVU5USU1FEAMqCQjoBxCAgICAAkoECCYQJyLjAgoOTWVzc2FnZU9w\
        dGlvbnMSPAoXbWVzc2FnZV9zZXRfd2lyZV9mb3JtYXQYASABKAg6BWZhbHNlUhRtZXNzYWdlU2V0V2lyZUZvcm1h\
        dBJMCh9ub19zdGFuZGFyZF9kZXNjcmlwdG9yX2FjY2Vzc29yGAIgASgIOgVmYWxzZVIcbm9TdGFuZGFyZERlc2Ny\
        aXB0b3JBY2Nlc3NvchIlCgpkZXByZWNhdGVkGAMgASgIOgVmYWxzZVIKZGVwcmVjYXRlZBIbCgltYXBfZW50cnkY\
        ByABKAhSCG1hcEVudHJ5ElgKFHVuaW50ZXJwcmV0ZWRfb3B0aW9uGOcHIAMoCzIkLmdvb2dsZS5wcm90b2J1Zi5V\
        bmludGVycHJldGVkT3B0aW9uUhN1bmludGVycHJldGVkT3B0aW9uKgkI6AcQgICAgAJKBAgEEAVKBAgFEAZKBAgG\
        EAdKBAgIEAlKBAgJEAoikgQKDEZpZWxkT3B0aW9ucxJBCgVjdHlwZRgBIAEoDjIjLmdvb2dsZS5wcm90b2J1Zi5G\
        aWVsZE9wdGlvbnMuQ1R5cGU6BlNUUklOR1IFY3R5cGUSFgoGcGFja2VkGAIgASgIUgZwYWNrZWQSRwoGanN0eXBl\
        GAYgASgOMiQuZ29vZ2xlLnByb3RvYnVmLkZpZWxkT3B0aW9ucy5KU1R5cGU6CUpTX05PUk1BTFIGanN0eXBlEhkK\
        BGxhenkYBSABKAg6BWZhbHNlUgRsYXp5Ei4KD3VudmVyaWZpZWRfbGF6eRgPIAEoCDoFZmFsc2VSDnVudmVyaWZp\
        ZWRMYXp5EiUKCmRlcHJlY2F0ZWQYAyABKAg6BWZhbHNlUgpkZXByZWNhdGVkEhkKBHdlYWsYCiABKAg6BWZhbHNl\
        UgR3ZWFrElgKFHVuaW50ZXJwcmV0ZWRfb3B0aW9uGOcHIAMoCzIkLmdvb2dsZS5wcm90b2J1Zi5VbmludGVycHJl\
        dGVkT3B0aW9uUhN1bmludGVycHJldGVkT3B0aW9uIi8KBUNUeXBlEgoKBlNUUklORxAAEggKBENPUkQQARIQCgxT\
        VFJJTkdfUElFQ0UQAiI1CgZKU1R5cGUSDQoJSlNfTk9STUFMEAASDQoJSlNfU1RSSU5HEAESDQoJSlNfTlVNQkVS\
        EAIqCQjoBxCAgICAAkoECAQQBSJzCgxPbmVvZk9wdGlvbnMSWAoUdW5pbnRlcnByZXRlZF9vcHRpb24Y5wcgAygL\
        MiQuZ29vZ2xlLnByb3RvYnVmLlVuaW50ZXJwcmV0ZWRPcHRpb25SE3VuaW50ZXJwcmV0ZWRPcHRpb24qCQjoBxCA\
        gICAAiLAAQoLRW51bU9wdGlvbnMSHwoLYWxsb3dfYWxpYXMYAiABKAhSCmFsbG93QWxpYXMSJQoKZGVwcmVjYXRl\
        ZBgDIAEoCDoFZmFsc2VSCmRlcHJlY2F0ZWQSWAoUdW5pbnRlcnByZXRlZF9vcHRpb24Y5wcgAygLMiQuZ29vZ2xl\
        LnByb3RvYnVmLlVuaW50ZXJwcmV0ZWRPcHRpb25SE3VuaW50ZXJwcmV0ZWRPcHRpb24qCQjoBxCAgICAAkoECAUQ\
        BiKeAQoQRW51bVZhbHVlT3B0aW9ucxIlCgpkZXByZWNhdGVkGAEgASgIOgVmYWxzZVIKZGVwcmVjYXRlZBJYChR1\
        bmludGVycHJldGVkX29wdGlvbhjnByADKAsyJC5nb29nbGUucHJvdG9idWYuVW5pbnRlcnByZXRlZE9wdGlvblIT\
        dW5pbnRlcnByZXRlZE9wdGlvbioJCOgHEICAgIACIpwBCg5TZXJ2aWNlT3B0aW9ucxIlCgpkZXByZWNhdGVkGCEg\
        ASgIOgVmYWxzZVIKZGVwcmVjYXRlZBJYChR1bmludGVycHJldGVkX29wdGlvbhjnByADKAsyJC5nb29nbGUucHJv\
        dG9idWYuVW5pbnRlcnByZXRlZE9wdGlvblITdW5pbnRlcnByZXRlZE9wdGlvbioJCOgHEICAgIACIuACCg1NZXRo\
        b2RPcHRpb25zEiUKCmRlcHJlY2F0ZWQYISABKAg6BWZhbHNlUgpkZXByZWNhdGVkEnEKEWlkZW1wb3RlbmN5X2xl\
        dmVsGCIgASgOMi8uZ29vZ2xlLnByb3RvYnVmLk1ldGhvZE9wdGlvbnMuSWRlbXBvdGVuY3lMZXZlbDoTSURFTVBP\
        VEVOQ1lfVU5LTk9XTlIQaWRlbXBvdGVuY3lMZXZlbBJYChR1bmludGVycHJldGVkX29wdGlvbhjnByADKAsyJC5n\
        b29nbGUucHJvdG9idWYuVW5pbnRlcnByZXRlZE9wdGlvblITdW5pbnRlcnByZXRlZE9wdGlvbiJQChBJZGVtcG90\
        ZW5jeUxldmVsEhcKE0lERU1QT1RFTkNZX1VOS05PV04QABITCg9OT19TSURFX0VGRkVDVFMQARIOCgpJREVNUE9U\
        RU5UEAIqCQjoBxCAgICAAiKaAwoTVW5pbnRlcnByZXRlZE9wdGlvbhJBCgRuYW1lGAIgAygLMi0uZ29vZ2xlLnBy\
        b3RvYnVmLlVuaW50ZXJwcmV0ZWRPcHRpb24uTmFtZVBhcnRSBG5hbWUSKQoQaWRlbnRpZmllcl92YWx1ZRgDIAEo\
        CVIPaWRlbnRpZmllclZhbHVlEiwKEnBvc2l0aXZlX2ludF92YWx1ZRgEIAEoBFIQcG9zaXRpdmVJbnRWYWx1ZRIs\
        ChJuZWdhdGl2ZV9pbnRfdmFsdWUYBSABKANSEG5lZ2F0aXZlSW50VmFsdWUSIQoMZG91YmxlX3ZhbHVlGAYgASgB\
        Ugtkb3VibGVWYWx1ZRIhCgxzdHJpbmdfdmFsdWUYByABKAxSC3N0cmluZ1ZhbHVlEicKD2FnZ3JlZ2F0ZV92YWx1\
        ZRgIIAEoCVIOYWdncmVnYXRlVmFsdWUaSgoITmFtZVBhcnQSGwoJbmFtZV9wYXJ0GAEgAigJUghuYW1lUGFydBIh\
        Cgxpc19leHRlbnNpb24YAiACKAhSC2lzRXh0ZW5zaW9uIqcCCg5Tb3VyY2VDb2RlSW5mbxJECghsb2NhdGlvbhgB\
        IAMoCzIoLmdvb2dsZS5wcm90b2J1Zi5Tb3VyY2VDb2RlSW5mby5Mb2NhdGlvblIIbG9jYXRpb24azgEKCExvY2F0\
        aW9uEhYKBHBhdGgYASADKAVCAhABUgRwYXRoEhYKBHNwYW4YAiADKAVCAhABUgRzcGFuEikKEGxlYWRpbmdfY29t\
        bWVudHMYAyABKAlSD2xlYWRpbmdDb21tZW50cxIrChF0cmFpbGluZ19jb21tZW50cxgEIAEoCVIQdHJhaWxpbmdD\
        b21tZW50cxI6ChlsZWFkaW5nX2RldGFjaGVkX2NvbW1lbnRzGAYgAygJUhdsZWFkaW5nRGV0YWNoZWRDb21tZW50\
        cyLRAQoRR2VuZXJhdGVkQ29kZUluZm8STQoKYW5ub3RhdGlvbhgBIAMoCzItLmdvb2dsZS5wcm90b2J1Zi5HZW5l\
        cmF0ZWRDb2RlSW5mby5Bbm5vdGF0aW9uUgphbm5vdGF0aW9uGm0KCkFubm90YXRpb24SFgoEcGF0aBgBIAMoBUIC\
        EAFSBHBhdGgSHwoLc291cmNlX2ZpbGUYAiABKAlSCnNvdXJjZUZpbGUSFAoFYmVnaW4YAyABKAVSBWJlZ2luEhAK\
        A2VuZBgEIAEoBVIDZW5kQn4KE2NvbS5nb29nbGUucHJvdG9idWZCEERlc2NyaXB0b3JQcm90b3NIAVotZ29vZ2xl\
        LmdvbGFuZy5vcmcvcHJvdG9idWYvdHlwZXMvZGVzY3JpcHRvcnBi+AEBogIDR1BCqgIaR29vZ2xlLlByb3RvYnVm\
        LlJlZmxlY3Rpb24
        """),
    FileDescription(
      "apus/options.proto", dependencies: ["google/protobuf/descriptor.proto"],
      names: """
        apus.permission \
        apus.immediate 
        """,
      base64: """
        ChJhcHVzL29wdGlvbnMucHJvdG8SBGFwdXMaIGdvb2dsZS9wcm90b2J1Zi9kZXNjcmlwdG9yLnByb3RvOkAKCnBl\
        cm1pc3Npb24SHi5nb29nbGUucHJvdG9idWYuTWV0aG9kT3B0aW9ucxjRhgMgASgJUgpwZXJtaXNzaW9uOj4KCWlt\
        bWVkaWF0ZRIeLmdvb2dsZS5wcm90b2J1Zi5NZXRob2RPcHRpb25zGNKGAyABKAhSCWltbWVkaWF0ZWIGcHJvdG8z
        """),
    FileDescription(
      "apus/files/v1/chunks.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.files.v1.Chunks \
        apus.files.v1.Chunks.Ask \
        apus.files.v1.AskRequest \
        apus.files.v1.Opening \
        apus.files.v1.Holding \
        apus.files.v1.AskReply \
        apus.files.v1.Holding.State \
        apus.files.v1.AskReply.Content 
        """,
      base64: """
        ChphcHVzL2ZpbGVzL3YxL2NodW5rcy5wcm90bxINYXB1cy5maWxlcy52MRoSYXB1cy9vcHRpb25zLnByb3RvInYK\
        CkFza1JlcXVlc3QSMgoIb3BlbmluZ3MYASADKAsyFi5hcHVzLmZpbGVzLnYxLk9wZW5pbmdSCG9wZW5pbmdzEhIK\
        BGFza3MYAiADKA1SBGFza3MSIAoLd2l0aGRyYXdhbHMYAyADKA1SC3dpdGhkcmF3YWxzIloKB09wZW5pbmcSEgoE\
        YmxvYhgBIAEoDFIEYmxvYhIUCgVmaXJzdBgCIAEoDVIFZmlyc3QSJQoOd2FudHNfbWFuaWZlc3QYAyABKAhSDXdh\
        bnRzTWFuaWZlc3QiygEKB0hvbGRpbmcSFAoFZmlyc3QYASABKA1SBWZpcnN0EjIKBXN0YXRlGAIgASgOMhwuYXB1\
        cy5maWxlcy52MS5Ib2xkaW5nLlN0YXRlUgVzdGF0ZRISCgRzaXplGAMgASgEUgRzaXplEhAKA21hcBgEIAEoDFID\
        bWFwIk8KBVN0YXRlEhUKEVNUQVRFX1VOU1BFQ0lGSUVEEAASDgoKU1RBVEVfTk9ORRABEg4KClNUQVRFX1NPTUUQ\
        AhIPCgtTVEFURV9XSE9MRRADIqACCghBc2tSZXBseRIyCghob2xkaW5ncxgBIAMoCzIWLmFwdXMuZmlsZXMudjEu\
        SG9sZGluZ1IIaG9sZGluZ3MSEgoEZ29uZRgCIAMoDVIEZ29uZRI5Cgdjb250ZW50GAMgASgOMh8uYXB1cy5maWxl\
        cy52MS5Bc2tSZXBseS5Db250ZW50Ugdjb250ZW50EhYKBm51bWJlchgEIAEoDVIGbnVtYmVyEhYKBm9mZnNldBgF\
        IAEoDVIGb2Zmc2V0EhQKBWJ5dGVzGAYgASgMUgVieXRlcyJLCgdDb250ZW50EhcKE0NPTlRFTlRfVU5TUEVDSUZJ\
        RUQQABIRCg1DT05URU5UX0NIVU5LEAESFAoQQ09OVEVOVF9NQU5JRkVTVBACMlMKBkNodW5rcxJJCgNBc2sSGS5h\
        cHVzLmZpbGVzLnYxLkFza1JlcXVlc3QaFy5hcHVzLmZpbGVzLnYxLkFza1JlcGx5IgqKtRgGY2h1bmtzKAEwAWIG\
        cHJvdG8z
        """),
    FileDescription(
      "apus/files/v1/files.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.files.v1.Files \
        apus.files.v1.Files.Add \
        apus.files.v1.Files.Upload \
        apus.files.v1.Files.BeginUpload \
        apus.files.v1.Files.ShowUpload \
        apus.files.v1.Files.CancelUpload \
        apus.files.v1.Files.Get \
        apus.files.v1.Files.Download \
        apus.files.v1.Files.List \
        apus.files.v1.Files.Find \
        apus.files.v1.Files.Show \
        apus.files.v1.Files.Remove \
        apus.files.v1.Files.Pin \
        apus.files.v1.Files.Unpin \
        apus.files.v1.Files.CreateLink \
        apus.files.v1.Files.Links \
        apus.files.v1.Files.RevokeLink \
        apus.files.v1.Files.Verify \
        apus.files.v1.Files.Repair \
        apus.files.v1.Files.Collect \
        apus.files.v1.Files.Usage \
        apus.files.v1.ShareInfo \
        apus.files.v1.AddRequest \
        apus.files.v1.Progress \
        apus.files.v1.SourceProgress \
        apus.files.v1.UploadPart \
        apus.files.v1.UploadHead \
        apus.files.v1.UploadReply \
        apus.files.v1.BeginUploadRequest \
        apus.files.v1.ShowUploadRequest \
        apus.files.v1.CancelUploadRequest \
        apus.files.v1.UploadState \
        apus.files.v1.GetRequest \
        apus.files.v1.DownloadRequest \
        apus.files.v1.Piece \
        apus.files.v1.ListRequest \
        apus.files.v1.FolderEntry \
        apus.files.v1.FindRequest \
        apus.files.v1.FindReply \
        apus.files.v1.ShowRequest \
        apus.files.v1.ShowReply \
        apus.files.v1.Holder \
        apus.files.v1.RemoveRequest \
        apus.files.v1.RemoveReply \
        apus.files.v1.PinRequest \
        apus.files.v1.UnpinRequest \
        apus.files.v1.UnpinReply \
        apus.files.v1.CreateLinkRequest \
        apus.files.v1.CreateLinkReply \
        apus.files.v1.LinkInfo \
        apus.files.v1.LinksRequest \
        apus.files.v1.LinksReply \
        apus.files.v1.RevokeLinkRequest \
        apus.files.v1.RevokeLinkReply \
        apus.files.v1.VerifyRequest \
        apus.files.v1.RepairRequest \
        apus.files.v1.VerifyProgress \
        apus.files.v1.DamageInfo \
        apus.files.v1.CollectRequest \
        apus.files.v1.CollectReply \
        apus.files.v1.UsageRequest \
        apus.files.v1.UsageReply \
        apus.files.v1.OwnerUsage \
        apus.files.v1.Kind \
        apus.files.v1.Progress.Phase \
        apus.files.v1.FolderEntry.Content 
        """,
      base64: """
        ChlhcHVzL2ZpbGVzL3YxL2ZpbGVzLnByb3RvEg1hcHVzLmZpbGVzLnYxGhJhcHVzL29wdGlvbnMucHJvdG8i/QIK\
        CVNoYXJlSW5mbxIOCgJpZBgBIAEoDFICaWQSEgoEbmFtZRgCIAEoCVIEbmFtZRInCgRraW5kGAMgASgOMhMuYXB1\
        cy5maWxlcy52MS5LaW5kUgRraW5kEhIKBHR5cGUYBCABKAlSBHR5cGUSEgoEc2l6ZRgFIAEoA1IEc2l6ZRISCgRi\
        bG9iGAYgASgMUgRibG9iEhIKBHRhZ3MYByADKAlSBHRhZ3MSFAoFb3duZXIYCCABKAxSBW93bmVyEh0KCm93bmVy\
        X25hbWUYCSABKAlSCW93bmVyTmFtZRIaCghyZXBsaWNhcxgKIAEoDVIIcmVwbGljYXMSGAoHdmVyc2lvbhgLIAEo\
        BFIHdmVyc2lvbhIYCgdjcmVhdGVkGAwgASgDUgdjcmVhdGVkEhgKB2NoYW5nZWQYDSABKANSB2NoYW5nZWQSGwoJ\
        aXNfcGlubmVkGA4gASgIUghpc1Bpbm5lZBIXCgdpc19oZXJlGA8gASgIUgZpc0hlcmUiqAEKCkFkZFJlcXVlc3QS\
        EgoEcGF0aBgBIAEoCVIEcGF0aBISCgRuYW1lGAIgASgJUgRuYW1lEhIKBHRhZ3MYAyADKAlSBHRhZ3MSGgoIcmVw\
        bGljYXMYBCABKA1SCHJlcGxpY2FzEhIKBHR5cGUYBSABKAlSBHR5cGUSGgoIcmVwbGFjZXMYBiABKAhSCHJlcGxh\
        Y2VzEhIKBHBpbnMYByABKAhSBHBpbnMinQMKCFByb2dyZXNzEjMKBXBoYXNlGAEgASgOMh0uYXB1cy5maWxlcy52\
        MS5Qcm9ncmVzcy5QaGFzZVIFcGhhc2USFAoFYnl0ZXMYAiABKANSBWJ5dGVzEhQKBXRvdGFsGAMgASgDUgV0b3Rh\
        bBIUCgVmaWxlcxgEIAEoBFIFZmlsZXMSHwoLdG90YWxfZmlsZXMYBSABKARSCnRvdGFsRmlsZXMSFgoGc3BhcmVk\
        GAYgASgDUgZzcGFyZWQSNwoHc291cmNlcxgHIAMoCzIdLmFwdXMuZmlsZXMudjEuU291cmNlUHJvZ3Jlc3NSB3Nv\
        dXJjZXMSLgoFc2hhcmUYCCABKAsyGC5hcHVzLmZpbGVzLnYxLlNoYXJlSW5mb1IFc2hhcmUSEgoEcGF0aBgJIAEo\
        CVIEcGF0aCJkCgVQaGFzZRIRCg1QSEFTRV9MT09LSU5HEAASEQoNUEhBU0VfUkVBRElORxABEhIKDlBIQVNFX0ZF\
        VENISU5HEAISEQoNUEhBU0VfV1JJVElORxADEg4KClBIQVNFX0RPTkUQBCK/AQoOU291cmNlUHJvZ3Jlc3MSEgoE\
        bm9kZRgBIAEoDFIEbm9kZRISCgRuYW1lGAIgASgJUgRuYW1lEhIKBHBhdGgYAyABKAlSBHBhdGgSKAoQYnl0ZXNf\
        cGVyX3NlY29uZBgEIAEoA1IOYnl0ZXNQZXJTZWNvbmQSFAoFYnl0ZXMYBSABKANSBWJ5dGVzEhQKBWZhdWx0GAYg\
        ASgJUgVmYXVsdBIbCglpc19jYWxsZWQYByABKAhSCGlzQ2FsbGVkIl0KClVwbG9hZFBhcnQSLwoEaGVhZBgBIAEo\
        CzIZLmFwdXMuZmlsZXMudjEuVXBsb2FkSGVhZEgAUgRoZWFkEhYKBWJ5dGVzGAIgASgMSABSBWJ5dGVzQgYKBHBh\
        cnQi0gEKClVwbG9hZEhlYWQSEgoEbmFtZRgBIAEoCVIEbmFtZRISCgR0YWdzGAIgAygJUgR0YWdzEhoKCHJlcGxp\
        Y2FzGAMgASgNUghyZXBsaWNhcxISCgR0eXBlGAQgASgJUgR0eXBlEhoKCHJlcGxhY2VzGAUgASgIUghyZXBsYWNl\
        cxIXCgRzaXplGAYgASgDSABSBHNpemWIAQESFgoGdXBsb2FkGAcgASgJUgZ1cGxvYWQSFgoGb2Zmc2V0GAggASgD\
        UgZvZmZzZXRCBwoFX3NpemUibwoLVXBsb2FkUmVwbHkSLgoFc2hhcmUYASABKAsyGC5hcHVzLmZpbGVzLnYxLlNo\
        YXJlSW5mb1IFc2hhcmUSMAoFc3RhdGUYAiABKAsyGi5hcHVzLmZpbGVzLnYxLlVwbG9hZFN0YXRlUgVzdGF0ZSIo\
        ChJCZWdpblVwbG9hZFJlcXVlc3QSEgoEc2l6ZRgBIAEoA1IEc2l6ZSIrChFTaG93VXBsb2FkUmVxdWVzdBIWCgZ1\
        cGxvYWQYASABKAlSBnVwbG9hZCItChNDYW5jZWxVcGxvYWRSZXF1ZXN0EhYKBnVwbG9hZBgBIAEoCVIGdXBsb2Fk\
        Im8KC1VwbG9hZFN0YXRlEhYKBnVwbG9hZBgBIAEoCVIGdXBsb2FkEhIKBHNpemUYAiABKANSBHNpemUSGgoIcmVj\
        ZWl2ZWQYAyABKANSCHJlY2VpdmVkEhgKB2V4cGlyZXMYBCABKANSB2V4cGlyZXMiaAoKR2V0UmVxdWVzdBISCgRm\
        aWxlGAEgASgJUgRmaWxlEhIKBHBhdGgYAiABKAlSBHBhdGgSHgoKb3ZlcndyaXRlcxgDIAEoCFIKb3ZlcndyaXRl\
        cxISCgRwYXJ0GAQgASgJUgRwYXJ0InkKD0Rvd25sb2FkUmVxdWVzdBISCgRmaWxlGAEgASgJUgRmaWxlEhIKBHBh\
        cnQYAiABKAlSBHBhcnQSFgoGb2Zmc2V0GAMgASgDUgZvZmZzZXQSGwoGbGVuZ3RoGAQgASgDSABSBmxlbmd0aIgB\
        AUIJCgdfbGVuZ3RoIj8KBVBpZWNlEhcKBHNpemUYASABKANIAFIEc2l6ZYgBARIUCgVieXRlcxgCIAEoDFIFYnl0\
        ZXNCBwoFX3NpemUiNQoLTGlzdFJlcXVlc3QSEgoEZmlsZRgBIAEoCVIEZmlsZRISCgRwYXJ0GAIgASgJUgRwYXJ0\
        IvYBCgtGb2xkZXJFbnRyeRISCgRwYXRoGAEgASgJUgRwYXRoEhIKBG1vZGUYAiABKA1SBG1vZGUSPAoHY29udGVu\
        dBgDIAEoDjIiLmFwdXMuZmlsZXMudjEuRm9sZGVyRW50cnkuQ29udGVudFIHY29udGVudBISCgRzaXplGAQgASgD\
        UgRzaXplEhIKBGJsb2IYBSABKAxSBGJsb2ISFgoGdGFyZ2V0GAYgASgJUgZ0YXJnZXQiQQoHQ29udGVudBIQCgxD\
        T05URU5UX0ZJTEUQABISCg5DT05URU5UX0ZPTERFUhABEhAKDENPTlRFTlRfTElOSxACIsUCCgtGaW5kUmVxdWVz\
        dBISCgRuYW1lGAEgASgJUgRuYW1lEhYKBnByZWZpeBgCIAEoCVIGcHJlZml4EhQKBXdvcmRzGAMgAygJUgV3b3Jk\
        cxISCgR0YWdzGAQgAygJUgR0YWdzEhIKBHR5cGUYBSABKAlSBHR5cGUSHwoIc21hbGxlc3QYBiABKANIAFIIc21h\
        bGxlc3SIAQESHQoHbGFyZ2VzdBgHIAEoA0gBUgdsYXJnZXN0iAEBEhQKBW93bmVyGAggASgJUgVvd25lchISCgR3\
        aWRlGAkgASgIUgR3aWRlEhsKCWhlcmVfb25seRgKIAEoCFIIaGVyZU9ubHkSFAoFbGltaXQYCyABKA1SBWxpbWl0\
        EhYKBmN1cnNvchgMIAEoDFIGY3Vyc29yQgsKCV9zbWFsbGVzdEIKCghfbGFyZ2VzdCLLAQoJRmluZFJlcGx5EjAK\
        BnNoYXJlcxgBIAMoCzIYLmFwdXMuZmlsZXMudjEuU2hhcmVJbmZvUgZzaGFyZXMSFgoGY3Vyc29yGAIgASgMUgZj\
        dXJzb3ISGgoIY29udGFjdHMYAyABKA1SCGNvbnRhY3RzEhsKCXdlbnRfd2lkZRgEIAEoCFIId2VudFdpZGUSGgoI\
        d2FybmluZ3MYBSADKAlSCHdhcm5pbmdzEh8KC2lzX2NvbXBsZXRlGAYgASgIUgppc0NvbXBsZXRlIiEKC1Nob3dS\
        ZXF1ZXN0EhIKBGZpbGUYASABKAlSBGZpbGUibAoJU2hvd1JlcGx5Ei4KBXNoYXJlGAEgASgLMhguYXB1cy5maWxl\
        cy52MS5TaGFyZUluZm9SBXNoYXJlEi8KB2hvbGRlcnMYAiADKAsyFS5hcHVzLmZpbGVzLnYxLkhvbGRlclIHaG9s\
        ZGVycyJ1CgZIb2xkZXISEgoEbm9kZRgBIAEoDFIEbm9kZRISCgRuYW1lGAIgASgJUgRuYW1lEhQKBXN0YXRlGAMg\
        ASgJUgVzdGF0ZRISCgRwYXRoGAQgASgJUgRwYXRoEhkKCGlzX293bmVyGAUgASgIUgdpc093bmVyIiMKDVJlbW92\
        ZVJlcXVlc3QSEgoEZmlsZRgBIAEoCVIEZmlsZSI9CgtSZW1vdmVSZXBseRIuCgVzaGFyZRgBIAEoCzIYLmFwdXMu\
        ZmlsZXMudjEuU2hhcmVJbmZvUgVzaGFyZSIgCgpQaW5SZXF1ZXN0EhIKBGZpbGUYASABKAlSBGZpbGUiIgoMVW5w\
        aW5SZXF1ZXN0EhIKBGZpbGUYASABKAlSBGZpbGUiPAoKVW5waW5SZXBseRIuCgVzaGFyZRgBIAEoCzIYLmFwdXMu\
        ZmlsZXMudjEuU2hhcmVJbmZvUgVzaGFyZSJPChFDcmVhdGVMaW5rUmVxdWVzdBISCgRmaWxlGAEgASgJUgRmaWxl\
        EhIKBGxpZmUYAiABKANSBGxpZmUSEgoEdXNlcxgDIAEoDVIEdXNlcyJcCg9DcmVhdGVMaW5rUmVwbHkSKwoEbGlu\
        axgBIAEoCzIXLmFwdXMuZmlsZXMudjEuTGlua0luZm9SBGxpbmsSHAoJYWRkcmVzc2VzGAIgAygJUglhZGRyZXNz\
        ZXMipgEKCExpbmtJbmZvEg4KAmlkGAEgASgMUgJpZBIuCgVzaGFyZRgCIAEoCzIYLmFwdXMuZmlsZXMudjEuU2hh\
        cmVJbmZvUgVzaGFyZRIYCgdjcmVhdGVkGAMgASgDUgdjcmVhdGVkEhgKB2V4cGlyZXMYBCABKANSB2V4cGlyZXMS\
        EgoEdXNlcxgFIAEoDVIEdXNlcxISCgR1c2VkGAYgASgNUgR1c2VkIiIKDExpbmtzUmVxdWVzdBISCgRmaWxlGAEg\
        ASgJUgRmaWxlIjsKCkxpbmtzUmVwbHkSLQoFbGlua3MYASADKAsyFy5hcHVzLmZpbGVzLnYxLkxpbmtJbmZvUgVs\
        aW5rcyInChFSZXZva2VMaW5rUmVxdWVzdBISCgRsaW5rGAEgASgJUgRsaW5rIj4KD1Jldm9rZUxpbmtSZXBseRIr\
        CgRsaW5rGAEgASgLMhcuYXB1cy5maWxlcy52MS5MaW5rSW5mb1IEbGluayIjCg1WZXJpZnlSZXF1ZXN0EhIKBGZp\
        bGUYASABKAlSBGZpbGUiIwoNUmVwYWlyUmVxdWVzdBISCgRmaWxlGAEgASgJUgRmaWxlIr4BCg5WZXJpZnlQcm9n\
        cmVzcxIUCgVieXRlcxgBIAEoA1IFYnl0ZXMSFAoFdG90YWwYAiABKANSBXRvdGFsEhYKBmNodW5rcxgDIAEoBFIG\
        Y2h1bmtzEjMKB2RhbWFnZXMYBCADKAsyGS5hcHVzLmZpbGVzLnYxLkRhbWFnZUluZm9SB2RhbWFnZXMSFwoHaXNf\
        ZG9uZRgFIAEoCFIGaXNEb25lEhoKCHJlcGFpcmVkGAYgASgEUghyZXBhaXJlZCJtCgpEYW1hZ2VJbmZvEhIKBGJs\
        b2IYASABKAxSBGJsb2ISFAoFY2h1bmsYAiABKA1SBWNodW5rEhQKBW5hbWVzGAMgAygJUgVuYW1lcxIfCgtpc19y\
        ZXBhaXJlZBgEIAEoCFIKaXNSZXBhaXJlZCI6Cg5Db2xsZWN0UmVxdWVzdBIcCgdkb3duX3RvGAEgASgDSABSBmRv\
        d25Ub4gBAUIKCghfZG93bl90byJSCgxDb2xsZWN0UmVwbHkSFgoGY2h1bmtzGAEgASgEUgZjaHVua3MSFAoFYnl0\
        ZXMYAiABKANSBWJ5dGVzEhQKBWJsb2JzGAMgASgEUgVibG9icyIOCgxVc2FnZVJlcXVlc3QizgEKClVzYWdlUmVw\
        bHkSFAoFYnl0ZXMYASABKANSBWJ5dGVzEhQKBXF1b3RhGAIgASgDUgVxdW90YRIUCgVibG9icxgDIAEoBFIFYmxv\
        YnMSIwoNcGFydGlhbF9ibG9icxgEIAEoBFIMcGFydGlhbEJsb2JzEiYKD3F1b3RhX3Blcl9vd25lchgFIAEoA1IN\
        cXVvdGFQZXJPd25lchIxCgZvd25lcnMYBiADKAsyGS5hcHVzLmZpbGVzLnYxLk93bmVyVXNhZ2VSBm93bmVycyJK\
        CgpPd25lclVzYWdlEhIKBG5vZGUYASABKAxSBG5vZGUSEgoEbmFtZRgCIAEoCVIEbmFtZRIUCgVieXRlcxgDIAEo\
        A1IFYnl0ZXMqJgoES2luZBINCglLSU5EX0ZJTEUQABIPCgtLSU5EX0ZPTERFUhABMr0NCgVGaWxlcxJMCgNBZGQS\
        GS5hcHVzLmZpbGVzLnYxLkFkZFJlcXVlc3QaFy5hcHVzLmZpbGVzLnYxLlByb2dyZXNzIg+KtRgLZmlsZXMubG9j\
        YWwwARJSCgZVcGxvYWQSGS5hcHVzLmZpbGVzLnYxLlVwbG9hZFBhcnQaGi5hcHVzLmZpbGVzLnYxLlVwbG9hZFJl\
        cGx5Ig+KtRgLZmlsZXMud3JpdGUoARJdCgtCZWdpblVwbG9hZBIhLmFwdXMuZmlsZXMudjEuQmVnaW5VcGxvYWRS\
        ZXF1ZXN0GhouYXB1cy5maWxlcy52MS5VcGxvYWRTdGF0ZSIPirUYC2ZpbGVzLndyaXRlElsKClNob3dVcGxvYWQS\
        IC5hcHVzLmZpbGVzLnYxLlNob3dVcGxvYWRSZXF1ZXN0GhouYXB1cy5maWxlcy52MS5VcGxvYWRTdGF0ZSIPirUY\
        C2ZpbGVzLndyaXRlEl8KDENhbmNlbFVwbG9hZBIiLmFwdXMuZmlsZXMudjEuQ2FuY2VsVXBsb2FkUmVxdWVzdBoa\
        LmFwdXMuZmlsZXMudjEuVXBsb2FkU3RhdGUiD4q1GAtmaWxlcy53cml0ZRJMCgNHZXQSGS5hcHVzLmZpbGVzLnYx\
        LkdldFJlcXVlc3QaFy5hcHVzLmZpbGVzLnYxLlByb2dyZXNzIg+KtRgLZmlsZXMubG9jYWwwARJSCghEb3dubG9h\
        ZBIeLmFwdXMuZmlsZXMudjEuRG93bmxvYWRSZXF1ZXN0GhQuYXB1cy5maWxlcy52MS5QaWVjZSIOirUYCmZpbGVz\
        LnJlYWQwARJQCgRMaXN0EhouYXB1cy5maWxlcy52MS5MaXN0UmVxdWVzdBoaLmFwdXMuZmlsZXMudjEuRm9sZGVy\
        RW50cnkiDoq1GApmaWxlcy5yZWFkMAESTAoERmluZBIaLmFwdXMuZmlsZXMudjEuRmluZFJlcXVlc3QaGC5hcHVz\
        LmZpbGVzLnYxLkZpbmRSZXBseSIOirUYCmZpbGVzLnJlYWQSTAoEU2hvdxIaLmFwdXMuZmlsZXMudjEuU2hvd1Jl\
        cXVlc3QaGC5hcHVzLmZpbGVzLnYxLlNob3dSZXBseSIOirUYCmZpbGVzLnJlYWQSUwoGUmVtb3ZlEhwuYXB1cy5m\
        aWxlcy52MS5SZW1vdmVSZXF1ZXN0GhouYXB1cy5maWxlcy52MS5SZW1vdmVSZXBseSIPirUYC2ZpbGVzLndyaXRl\
        EkwKA1BpbhIZLmFwdXMuZmlsZXMudjEuUGluUmVxdWVzdBoXLmFwdXMuZmlsZXMudjEuUHJvZ3Jlc3MiD4q1GAtm\
        aWxlcy53cml0ZTABElAKBVVucGluEhsuYXB1cy5maWxlcy52MS5VbnBpblJlcXVlc3QaGS5hcHVzLmZpbGVzLnYx\
        LlVucGluUmVwbHkiD4q1GAtmaWxlcy53cml0ZRJfCgpDcmVhdGVMaW5rEiAuYXB1cy5maWxlcy52MS5DcmVhdGVM\
        aW5rUmVxdWVzdBoeLmFwdXMuZmlsZXMudjEuQ3JlYXRlTGlua1JlcGx5Ig+KtRgLZmlsZXMuc2hhcmUSUAoFTGlu\
        a3MSGy5hcHVzLmZpbGVzLnYxLkxpbmtzUmVxdWVzdBoZLmFwdXMuZmlsZXMudjEuTGlua3NSZXBseSIPirUYC2Zp\
        bGVzLnNoYXJlEl8KClJldm9rZUxpbmsSIC5hcHVzLmZpbGVzLnYxLlJldm9rZUxpbmtSZXF1ZXN0Gh4uYXB1cy5m\
        aWxlcy52MS5SZXZva2VMaW5rUmVwbHkiD4q1GAtmaWxlcy5zaGFyZRJYCgZWZXJpZnkSHC5hcHVzLmZpbGVzLnYx\
        LlZlcmlmeVJlcXVlc3QaHS5hcHVzLmZpbGVzLnYxLlZlcmlmeVByb2dyZXNzIg+KtRgLZmlsZXMubG9jYWwwARJY\
        CgZSZXBhaXISHC5hcHVzLmZpbGVzLnYxLlJlcGFpclJlcXVlc3QaHS5hcHVzLmZpbGVzLnYxLlZlcmlmeVByb2dy\
        ZXNzIg+KtRgLZmlsZXMubG9jYWwwARJWCgdDb2xsZWN0Eh0uYXB1cy5maWxlcy52MS5Db2xsZWN0UmVxdWVzdBob\
        LmFwdXMuZmlsZXMudjEuQ29sbGVjdFJlcGx5Ig+KtRgLZmlsZXMubG9jYWwSUAoFVXNhZ2USGy5hcHVzLmZpbGVz\
        LnYxLlVzYWdlUmVxdWVzdBoZLmFwdXMuZmlsZXMudjEuVXNhZ2VSZXBseSIPirUYC2ZpbGVzLmxvY2FsYgZwcm90\
        bzM
        """),
    FileDescription(
      "apus/files/v1/share.proto", dependencies: [],
      names: """
        apus.files.v1.SignedShare \
        apus.files.v1.ShareBody \
        apus.files.v1.SignedHold 
        """,
      base64: """
        ChlhcHVzL2ZpbGVzL3YxL3NoYXJlLnByb3RvEg1hcHVzLmZpbGVzLnYxIlMKC1NpZ25lZFNoYXJlEhIKBGJvZHkY\
        ASABKAxSBGJvZHkSHAoJc2lnbmF0dXJlGAIgASgMUglzaWduYXR1cmUSEgoEdGFncxgDIAMoCVIEdGFncyLXAgoJ\
        U2hhcmVCb2R5Eg4KAmlkGAEgASgMUgJpZBIYCgd2ZXJzaW9uGAIgASgEUgd2ZXJzaW9uEhIKBG5hbWUYAyABKAlS\
        BG5hbWUSGwoJaXNfZm9sZGVyGAQgASgIUghpc0ZvbGRlchIdCgptZWRpYV90eXBlGAUgASgJUgltZWRpYVR5cGUS\
        EgoEc2l6ZRgGIAEoA1IEc2l6ZRISCgRibG9iGAcgASgMUgRibG9iEh8KC3RhZ3NfZGlnZXN0GAggASgMUgp0YWdz\
        RGlnZXN0EhQKBW93bmVyGAkgASgMUgVvd25lchIaCghyZXBsaWNhcxgKIAEoDVIIcmVwbGljYXMSGAoHY3JlYXRl\
        ZBgLIAEoA1IHY3JlYXRlZBIYCgdjaGFuZ2VkGAwgASgDUgdjaGFuZ2VkEiEKDGlzX3dpdGhkcmF3bhgNIAEoCFIL\
        aXNXaXRoZHJhd24ibwoKU2lnbmVkSG9sZBISCgRibG9iGAEgASgMUgRibG9iEhYKBmhvbGRlchgCIAEoDFIGaG9s\
        ZGVyEhcKB21hZGVfYXQYAyABKANSBm1hZGVBdBIcCglzaWduYXR1cmUYBCABKAxSCXNpZ25hdHVyZWIGcHJvdG8z
        """),
    FileDescription(
      "apus/files/v1/placement.proto",
      dependencies: ["apus/options.proto", "apus/files/v1/share.proto"],
      names: """
        apus.files.v1.Placement \
        apus.files.v1.Placement.Exchange \
        apus.files.v1.PlacementMessage \
        apus.files.v1.Keep \
        apus.files.v1.Copies \
        apus.files.v1.Copy \
        apus.files.v1.Release \
        apus.files.v1.Promise \
        apus.files.v1.ShareName \
        apus.files.v1.CopyState 
        """,
      base64: """
        Ch1hcHVzL2ZpbGVzL3YxL3BsYWNlbWVudC5wcm90bxINYXB1cy5maWxlcy52MRoSYXB1cy9vcHRpb25zLnByb3Rv\
        GhlhcHVzL2ZpbGVzL3YxL3NoYXJlLnByb3RvIscCChBQbGFjZW1lbnRNZXNzYWdlEikKBGtlZXAYASABKAsyEy5h\
        cHVzLmZpbGVzLnYxLktlZXBIAFIEa2VlcBIrCgR0ZWxsGAIgASgLMhUuYXB1cy5maWxlcy52MS5Db3BpZXNIAFIE\
        dGVsbBIrCgR0b2xkGAMgASgLMhUuYXB1cy5maWxlcy52MS5Db3BpZXNIAFIEdG9sZBIyCgdyZWxlYXNlGAQgASgL\
        MhYuYXB1cy5maWxlcy52MS5SZWxlYXNlSABSB3JlbGVhc2USOwoLYXNrX3Byb21pc2UYBSABKAsyGC5hcHVzLmZp\
        bGVzLnYxLlNoYXJlTmFtZUgAUgphc2tQcm9taXNlEjIKB3Byb21pc2UYBiABKAsyFi5hcHVzLmZpbGVzLnYxLlBy\
        b21pc2VIAFIHcHJvbWlzZUIJCgdtZXNzYWdlIlIKBEtlZXASMAoFc2hhcmUYASABKAsyGi5hcHVzLmZpbGVzLnYx\
        LlNpZ25lZFNoYXJlUgVzaGFyZRIYCgdob2xkZXJzGAIgAygMUgdob2xkZXJzIjUKBkNvcGllcxIrCgZjb3BpZXMY\
        ASADKAsyEy5hcHVzLmZpbGVzLnYxLkNvcHlSBmNvcGllcyLTAQoEQ29weRIsCgRuYW1lGAEgASgLMhguYXB1cy5m\
        aWxlcy52MS5TaGFyZU5hbWVSBG5hbWUSLgoFc3RhdGUYAiABKA4yGC5hcHVzLmZpbGVzLnYxLkNvcHlTdGF0ZVIF\
        c3RhdGUSGAoHaG9sZGVycxgDIAMoDFIHaG9sZGVycxIhCgxsaXN0ZWRfdW50aWwYBCABKANSC2xpc3RlZFVudGls\
        EjAKBW5ld2VyGAUgASgLMhouYXB1cy5maWxlcy52MS5TaWduZWRTaGFyZVIFbmV3ZXIiUQoHUmVsZWFzZRIsCgRu\
        YW1lGAEgASgLMhguYXB1cy5maWxlcy52MS5TaGFyZU5hbWVSBG5hbWUSGAoHaG9sZGVycxgCIAMoDFIHaG9sZGVy\
        cyJSCgdQcm9taXNlEiwKBG5hbWUYASABKAsyGC5hcHVzLmZpbGVzLnYxLlNoYXJlTmFtZVIEbmFtZRIZCghpc19n\
        aXZlbhgCIAEoCFIHaXNHaXZlbiJLCglTaGFyZU5hbWUSFAoFb3duZXIYASABKAxSBW93bmVyEg4KAmlkGAIgASgM\
        UgJpZBIYCgd2ZXJzaW9uGAMgASgEUgd2ZXJzaW9uKnwKCUNvcHlTdGF0ZRIWChJDT1BZX1NUQVRFX0xBQ0tJTkcQ\
        ABIUChBDT1BZX1NUQVRFX1dIT0xFEAESFwoTQ09QWV9TVEFURV9GRVRDSElORxACEhMKD0NPUFlfU1RBVEVfRlVM\
        TBADEhMKD0NPUFlfU1RBVEVfQlVTWRAEMmwKCVBsYWNlbWVudBJfCghFeGNoYW5nZRIfLmFwdXMuZmlsZXMudjEu\
        UGxhY2VtZW50TWVzc2FnZRofLmFwdXMuZmlsZXMudjEuUGxhY2VtZW50TWVzc2FnZSINirUYCXBsYWNlbWVudCgB\
        MAFiBnByb3RvMw
        """),
    FileDescription(
      "apus/files/v1/zonefiles.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.files.v1.ZoneFiles \
        apus.files.v1.ZoneFiles.Register \
        apus.files.v1.ZoneFiles.Unregister \
        apus.files.v1.ZoneFiles.PeersByZone \
        apus.files.v1.ZoneFiles.Send \
        apus.files.v1.ZoneFiles.Receive \
        apus.files.v1.ZoneReply \
        apus.files.v1.RegisterRequest \
        apus.files.v1.RegisterReply \
        apus.files.v1.UnregisterRequest \
        apus.files.v1.PeersByZoneRequest \
        apus.files.v1.PeersByZoneReply \
        apus.files.v1.ZonePeer \
        apus.files.v1.SendRequest \
        apus.files.v1.SendReply \
        apus.files.v1.ReceiveRequest \
        apus.files.v1.ZoneStatus 
        """,
      base64: """
        Ch1hcHVzL2ZpbGVzL3YxL3pvbmVmaWxlcy5wcm90bxINYXB1cy5maWxlcy52MRoSYXB1cy9vcHRpb25zLnByb3Rv\
        IlgKCVpvbmVSZXBseRIxCgZzdGF0dXMYASABKA4yGS5hcHVzLmZpbGVzLnYxLlpvbmVTdGF0dXNSBnN0YXR1cxIY\
        CgdtZXNzYWdlGAIgASgJUgdtZXNzYWdlIjkKD1JlZ2lzdGVyUmVxdWVzdBISCgRob3N0GAEgASgJUgRob3N0EhIK\
        BHBvcnQYAiABKA1SBHBvcnQiswEKDVJlZ2lzdGVyUmVwbHkSMQoGc3RhdHVzGAEgASgOMhkuYXB1cy5maWxlcy52\
        MS5ab25lU3RhdHVzUgZzdGF0dXMSGAoHbWVzc2FnZRgCIAEoCVIHbWVzc2FnZRIOCgJpZBgDIAEoDVICaWQSEgoE\
        em9uZRgEIAEoCVIEem9uZRIUCgV6b25lcxgFIAEoDVIFem9uZXMSGwoJem9uZV9zaXplGAYgASgNUgh6b25lU2l6\
        ZSIjChFVbnJlZ2lzdGVyUmVxdWVzdBIOCgJpZBgBIAEoDVICaWQiKAoSUGVlcnNCeVpvbmVSZXF1ZXN0EhIKBHpv\
        bmUYASABKAlSBHpvbmUijgEKEFBlZXJzQnlab25lUmVwbHkSMQoGc3RhdHVzGAEgASgOMhkuYXB1cy5maWxlcy52\
        MS5ab25lU3RhdHVzUgZzdGF0dXMSGAoHbWVzc2FnZRgCIAEoCVIHbWVzc2FnZRItCgVwZWVycxgDIAMoCzIXLmFw\
        dXMuZmlsZXMudjEuWm9uZVBlZXJSBXBlZXJzIjQKCFpvbmVQZWVyEg4KAmlkGAEgASgJUgJpZBIYCgdhZGRyZXNz\
        GAIgASgJUgdhZGRyZXNzIiEKC1NlbmRSZXF1ZXN0EhIKBG5hbWUYASABKAlSBG5hbWUicgoJU2VuZFJlcGx5EjEK\
        BnN0YXR1cxgBIAEoDjIZLmFwdXMuZmlsZXMudjEuWm9uZVN0YXR1c1IGc3RhdHVzEhgKB21lc3NhZ2UYAiABKAlS\
        B21lc3NhZ2USGAoHY29udGVudBgDIAEoDFIHY29udGVudCI+Cg5SZWNlaXZlUmVxdWVzdBISCgRuYW1lGAEgASgJ\
        UgRuYW1lEhgKB2NvbnRlbnQYAiABKAxSB2NvbnRlbnQqPQoKWm9uZVN0YXR1cxIXChNaT05FX1NUQVRVU19TVUND\
        RVNTEAASFgoSWk9ORV9TVEFUVVNfRkFJTEVEEAEyxQMKCVpvbmVGaWxlcxJYCghSZWdpc3RlchIeLmFwdXMuZmls\
        ZXMudjEuUmVnaXN0ZXJSZXF1ZXN0GhwuYXB1cy5maWxlcy52MS5SZWdpc3RlclJlcGx5Ig6KtRgKZmlsZXMucmVh\
        ZBJYCgpVbnJlZ2lzdGVyEiAuYXB1cy5maWxlcy52MS5VbnJlZ2lzdGVyUmVxdWVzdBoYLmFwdXMuZmlsZXMudjEu\
        Wm9uZVJlcGx5Ig6KtRgKZmlsZXMucmVhZBJhCgtQZWVyc0J5Wm9uZRIhLmFwdXMuZmlsZXMudjEuUGVlcnNCeVpv\
        bmVSZXF1ZXN0Gh8uYXB1cy5maWxlcy52MS5QZWVyc0J5Wm9uZVJlcGx5Ig6KtRgKZmlsZXMucmVhZBJMCgRTZW5k\
        EhouYXB1cy5maWxlcy52MS5TZW5kUmVxdWVzdBoYLmFwdXMuZmlsZXMudjEuU2VuZFJlcGx5Ig6KtRgKZmlsZXMu\
        cmVhZBJTCgdSZWNlaXZlEh0uYXB1cy5maWxlcy52MS5SZWNlaXZlUmVxdWVzdBoYLmFwdXMuZmlsZXMudjEuWm9u\
        ZVJlcGx5Ig+KtRgLZmlsZXMud3JpdGViBnByb3RvMw
        """),
    FileDescription(
      "apus/link/v1/link.proto", dependencies: [],
      names: """
        apus.link.v1.Hello \
        apus.link.v1.Hello.Purpose 
        """,
      base64: """
        ChdhcHVzL2xpbmsvdjEvbGluay5wcm90bxIMYXB1cy5saW5rLnYxIuYCCgVIZWxsbxIgCgtjZXJ0aWZpY2F0ZRgB\
        IAEoDFILY2VydGlmaWNhdGUSGAoHdmVyc2lvbhgCIAEoCVIHdmVyc2lvbhISCgRib290GAMgASgGUgRib290EjUK\
        B3B1cnBvc2UYBCABKA4yGy5hcHVzLmxpbmsudjEuSGVsbG8uUHVycG9zZVIHcHVycG9zZRISCgRsaW5rGAUgASgE\
        UgRsaW5rEhQKBWVwb2NoGAYgASgEUgVlcG9jaBIaCghyZWNlaXZlZBgHIAMoBFIIcmVjZWl2ZWQSHQoKbGFuZV9i\
        eXRlcxgIIAEoDVIJbGFuZUJ5dGVzEikKEG9ic2VydmVkX2FkZHJlc3MYCSABKAlSD29ic2VydmVkQWRkcmVzcyJG\
        CgdQdXJwb3NlEhcKE1BVUlBPU0VfVU5TUEVDSUZJRUQQABIQCgxQVVJQT1NFX01BSU4QARIQCgxQVVJQT1NFX0JV\
        TEsQAmIGcHJvdG8z
        """),
    FileDescription(
      "apus/network/v1/network.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.network.v1.Membership \
        apus.network.v1.Membership.Join \
        apus.network.v1.Membership.Renew \
        apus.network.v1.Membership.Revocations \
        apus.network.v1.Membership.Introduce \
        apus.network.v1.NetworkAdmin \
        apus.network.v1.NetworkAdmin.CreateInvite \
        apus.network.v1.NetworkAdmin.ListInvites \
        apus.network.v1.NetworkAdmin.WithdrawInvite \
        apus.network.v1.NetworkAdmin.Show \
        apus.network.v1.NetworkAdmin.Backup \
        apus.network.v1.NetworkAdmin.Restore \
        apus.network.v1.NetworkAdmin.AddAdmin \
        apus.network.v1.NetworkAdmin.Approve \
        apus.network.v1.NetworkAdmin.Revoke \
        apus.network.v1.NetworkAdmin.Label \
        apus.network.v1.NetworkAdmin.Rename \
        apus.network.v1.NetworkAdmin.JoinNetwork \
        apus.network.v1.NetworkAdmin.Leave \
        apus.network.v1.Signed \
        apus.network.v1.AdminCertificate \
        apus.network.v1.MembershipCertificate \
        apus.network.v1.Revocation \
        apus.network.v1.Decision \
        apus.network.v1.Label \
        apus.network.v1.InviteContent \
        apus.network.v1.NetworkKeyBackup \
        apus.network.v1.Passage \
        apus.network.v1.JoinRequest \
        apus.network.v1.JoinReply \
        apus.network.v1.RenewRequest \
        apus.network.v1.RenewReply \
        apus.network.v1.IssuerSummary \
        apus.network.v1.Summary \
        apus.network.v1.Knowledge \
        apus.network.v1.RevocationsRequest \
        apus.network.v1.RevocationsReply \
        apus.network.v1.Refusal \
        apus.network.v1.PendingJoin \
        apus.network.v1.CreateInviteRequest \
        apus.network.v1.CreateInviteReply \
        apus.network.v1.ListInvitesRequest \
        apus.network.v1.ListInvitesReply \
        apus.network.v1.InviteInfo \
        apus.network.v1.WithdrawInviteRequest \
        apus.network.v1.WithdrawInviteReply \
        apus.network.v1.ShowRequest \
        apus.network.v1.ShowReply \
        apus.network.v1.AdminInfo \
        apus.network.v1.RevocationInfo \
        apus.network.v1.WaitingInfo \
        apus.network.v1.BackupRequest \
        apus.network.v1.BackupReply \
        apus.network.v1.RestoreRequest \
        apus.network.v1.RestoreReply \
        apus.network.v1.AddAdminRequest \
        apus.network.v1.AddAdminReply \
        apus.network.v1.ApproveRequest \
        apus.network.v1.ApproveReply \
        apus.network.v1.RevokeRequest \
        apus.network.v1.RevokeReply \
        apus.network.v1.FallingNode \
        apus.network.v1.LabelRequest \
        apus.network.v1.LabelReply \
        apus.network.v1.RenameRequest \
        apus.network.v1.RenameReply \
        apus.network.v1.JoinNetworkRequest \
        apus.network.v1.JoinNetworkReply \
        apus.network.v1.LeaveRequest \
        apus.network.v1.LeaveReply \
        apus.network.v1.SignedMembers 
        """,
      base64: """
        Ch1hcHVzL25ldHdvcmsvdjEvbmV0d29yay5wcm90bxIPYXB1cy5uZXR3b3JrLnYxGhJhcHVzL29wdGlvbnMucHJv\
        dG8iQAoGU2lnbmVkEhgKB3BheWxvYWQYASABKAxSB3BheWxvYWQSHAoJc2lnbmF0dXJlGAIgASgMUglzaWduYXR1\
        cmUizgEKEEFkbWluQ2VydGlmaWNhdGUSGAoHbmV0d29yaxgBIAEoDFIHbmV0d29yaxIUCgVhZG1pbhgCIAEoDFIF\
        YWRtaW4SFgoGc2VyaWFsGAMgASgEUgZzZXJpYWwSLQoSaXNzdWVkX25hbm9zZWNvbmRzGAQgASgDUhFpc3N1ZWRO\
        YW5vc2Vjb25kcxIvChNleHBpcmVzX25hbm9zZWNvbmRzGAUgASgDUhJleHBpcmVzTmFub3NlY29uZHMSEgoEbmFt\
        ZRgGIAEoCVIEbmFtZSLSAgoVTWVtYmVyc2hpcENlcnRpZmljYXRlEhgKB25ldHdvcmsYASABKAxSB25ldHdvcmsS\
        FgoGbWVtYmVyGAIgASgMUgZtZW1iZXISFgoGc2VyaWFsGAMgASgEUgZzZXJpYWwSLQoSaXNzdWVkX25hbm9zZWNv\
        bmRzGAQgASgDUhFpc3N1ZWROYW5vc2Vjb25kcxIvChNleHBpcmVzX25hbm9zZWNvbmRzGAUgASgDUhJleHBpcmVz\
        TmFub3NlY29uZHMSEgoEbmFtZRgGIAEoCVIEbmFtZRIUCgVyb2xlcxgHIAMoCVIFcm9sZXMSIAoLcGVybWlzc2lv\
        bnMYCCADKAlSC3Blcm1pc3Npb25zEhYKBmlzc3VlchgJIAEoDFIGaXNzdWVyEisKEWFkbWluX2NlcnRpZmljYXRl\
        GAogASgMUhBhZG1pbkNlcnRpZmljYXRlIqECCgpSZXZvY2F0aW9uEhgKB25ldHdvcmsYASABKAxSB25ldHdvcmsS\
        FgoGaXNzdWVyGAIgASgMUgZpc3N1ZXISFgoGbnVtYmVyGAMgASgEUgZudW1iZXISKQoQdGltZV9uYW5vc2Vjb25k\
        cxgEIAEoA1IPdGltZU5hbm9zZWNvbmRzEhIKBG5vZGUYBSABKAxSBG5vZGUSRQoOc2lnbmVkX21lbWJlcnMYBiAB\
        KA4yHi5hcHVzLm5ldHdvcmsudjEuU2lnbmVkTWVtYmVyc1INc2lnbmVkTWVtYmVycxIWCgZyZWFzb24YByABKAlS\
        BnJlYXNvbhIrChFhZG1pbl9jZXJ0aWZpY2F0ZRgIIAEoDFIQYWRtaW5DZXJ0aWZpY2F0ZSKsAgoIRGVjaXNpb24S\
        GAoHbmV0d29yaxgBIAEoDFIHbmV0d29yaxIWCgZpc3N1ZXIYAiABKAxSBmlzc3VlchIWCgZudW1iZXIYAyABKARS\
        Bm51bWJlchIpChB0aW1lX25hbm9zZWNvbmRzGAQgASgDUg90aW1lTmFub3NlY29uZHMSEgoEbm9kZRgFIAEoDFIE\
        bm9kZRIrChFhZG1pbl9jZXJ0aWZpY2F0ZRgGIAEoDFIQYWRtaW5DZXJ0aWZpY2F0ZRIcCghhcHByb3ZlZBgHIAEo\
        CEgAUghhcHByb3ZlZBIUCgRuYW1lGAggASgJSABSBG5hbWUSLgoFbGFiZWwYCSABKAsyFi5hcHVzLm5ldHdvcmsu\
        djEuTGFiZWxIAFIFbGFiZWxCBgoEa2luZCI+CgVMYWJlbBIQCgNrZXkYASABKAlSA2tleRIZCgV2YWx1ZRgCIAEo\
        CUgAUgV2YWx1ZYgBAUIICgZfdmFsdWUingEKDUludml0ZUNvbnRlbnQSGAoHbmV0d29yaxgBIAEoDFIHbmV0d29y\
        axIUCgVhZG1pbhgCIAEoDFIFYWRtaW4SFgoGc2VjcmV0GAMgASgMUgZzZWNyZXQSJwoPZXhwaXJlc19zZWNvbmRz\
        GAQgASgDUg5leHBpcmVzU2Vjb25kcxIcCglhZGRyZXNzZXMYBSADKAlSCWFkZHJlc3NlcyJEChBOZXR3b3JrS2V5\
        QmFja3VwEhgKB25ldHdvcmsYASABKAxSB25ldHdvcmsSFgoGc2VhbGVkGAIgASgMUgZzZWFsZWQiMwoHUGFzc2Fn\
        ZRIUCgVhZG1pbhgBIAEoDFIFYWRtaW4SEgoEZGF0YRgCIAEoDFIEZGF0YSKiAQoLSm9pblJlcXVlc3QSGAoHbmV0\
        d29yaxgBIAEoDFIHbmV0d29yaxIWCgZzZWNyZXQYAiABKAxSBnNlY3JldBISCgRuYW1lGAMgASgJUgRuYW1lEiAK\
        C2NlcnRpZmljYXRlGAQgASgMUgtjZXJ0aWZpY2F0ZRIrChF3YWl0X21pbGxpc2Vjb25kcxgFIAEoDVIQd2FpdE1p\
        bGxpc2Vjb25kcyLnAQoJSm9pblJlcGx5EiAKC2NlcnRpZmljYXRlGAEgASgMUgtjZXJ0aWZpY2F0ZRIrChFhZG1p\
        bl9jZXJ0aWZpY2F0ZRgCIAEoDFIQYWRtaW5DZXJ0aWZpY2F0ZRIYCgduZXR3b3JrGAMgASgMUgduZXR3b3JrEjgK\
        CWtub3dsZWRnZRgEIAEoCzIaLmFwdXMubmV0d29yay52MS5Lbm93bGVkZ2VSCWtub3dsZWRnZRIYCgdwZW5kaW5n\
        GAUgASgIUgdwZW5kaW5nEh0KCndhc19tZW1iZXIYBiABKAhSCXdhc01lbWJlciIwCgxSZW5ld1JlcXVlc3QSIAoL\
        Y2VydGlmaWNhdGUYASABKAxSC2NlcnRpZmljYXRlImgKClJlbmV3UmVwbHkSIAoLY2VydGlmaWNhdGUYASABKAxS\
        C2NlcnRpZmljYXRlEjgKCWtub3dsZWRnZRgCIAEoCzIaLmFwdXMubmV0d29yay52MS5Lbm93bGVkZ2VSCWtub3ds\
        ZWRnZSJZCg1Jc3N1ZXJTdW1tYXJ5EhYKBmlzc3VlchgBIAEoDFIGaXNzdWVyEhgKB3Rocm91Z2gYAiABKARSB3Ro\
        cm91Z2gSFgoGZGlnZXN0GAMgASgMUgZkaWdlc3QiWwoHU3VtbWFyeRIWCgZkaWdlc3QYASABKAxSBmRpZ2VzdBI4\
        Cgdpc3N1ZXJzGAIgAygLMh4uYXB1cy5uZXR3b3JrLnYxLklzc3VlclN1bW1hcnlSB2lzc3VlcnMifgoJS25vd2xl\
        ZGdlEiAKC3Jldm9jYXRpb25zGAEgAygMUgtyZXZvY2F0aW9ucxIcCglkZWNpc2lvbnMYAiADKAxSCWRlY2lzaW9u\
        cxIWCgZhZG1pbnMYAyADKAxSBmFkbWlucxIZCghoYXNfbW9yZRgEIAEoCFIHaGFzTW9yZSLWAQoSUmV2b2NhdGlv\
        bnNSZXF1ZXN0EjoKC3Jldm9jYXRpb25zGAEgASgLMhguYXB1cy5uZXR3b3JrLnYxLlN1bW1hcnlSC3Jldm9jYXRp\
        b25zEjYKCWRlY2lzaW9ucxgCIAEoCzIYLmFwdXMubmV0d29yay52MS5TdW1tYXJ5UglkZWNpc2lvbnMSOAoJa25v\
        d2xlZGdlGAMgASgLMhouYXB1cy5uZXR3b3JrLnYxLktub3dsZWRnZVIJa25vd2xlZGdlEhIKBHNraXAYBCABKA1S\
        BHNraXAiwAEKEFJldm9jYXRpb25zUmVwbHkSOgoLcmV2b2NhdGlvbnMYASABKAsyGC5hcHVzLm5ldHdvcmsudjEu\
        U3VtbWFyeVILcmV2b2NhdGlvbnMSNgoJZGVjaXNpb25zGAIgASgLMhguYXB1cy5uZXR3b3JrLnYxLlN1bW1hcnlS\
        CWRlY2lzaW9ucxI4Cglrbm93bGVkZ2UYAyABKAsyGi5hcHVzLm5ldHdvcmsudjEuS25vd2xlZGdlUglrbm93bGVk\
        Z2UiHQoHUmVmdXNhbBISCgRjb2RlGAEgASgJUgRjb2RlImYKC1BlbmRpbmdKb2luEhYKBmludml0ZRgBIAEoCVIG\
        aW52aXRlEhIKBG5hbWUYAiABKAlSBG5hbWUSKwoRc2luY2VfbmFub3NlY29uZHMYAyABKANSEHNpbmNlTmFub3Nl\
        Y29uZHMi4AEKE0NyZWF0ZUludml0ZVJlcXVlc3QSFAoFcm9sZXMYASADKAlSBXJvbGVzEiAKC3Blcm1pc3Npb25z\
        GAIgAygJUgtwZXJtaXNzaW9ucxI3ChVleHBpcmVzX2FmdGVyX3NlY29uZHMYAyABKARIAFITZXhwaXJlc0FmdGVy\
        U2Vjb25kc4gBARIXCgR1c2VzGAQgASgNSAFSBHVzZXOIAQESHAoJYWRkcmVzc2VzGAUgAygJUglhZGRyZXNzZXNC\
        GAoWX2V4cGlyZXNfYWZ0ZXJfc2Vjb25kc0IHCgVfdXNlcyJsChFDcmVhdGVJbnZpdGVSZXBseRIWCgZpbnZpdGUY\
        ASABKAlSBmludml0ZRIOCgJpZBgCIAEoCVICaWQSLwoTZXhwaXJlc19uYW5vc2Vjb25kcxgDIAEoA1ISZXhwaXJl\
        c05hbm9zZWNvbmRzIhQKEkxpc3RJbnZpdGVzUmVxdWVzdCJJChBMaXN0SW52aXRlc1JlcGx5EjUKB2ludml0ZXMY\
        ASADKAsyGy5hcHVzLm5ldHdvcmsudjEuSW52aXRlSW5mb1IHaW52aXRlcyKBAgoKSW52aXRlSW5mbxIOCgJpZBgB\
        IAEoCVICaWQSFAoFcm9sZXMYAiADKAlSBXJvbGVzEiAKC3Blcm1pc3Npb25zGAMgAygJUgtwZXJtaXNzaW9ucxIv\
        ChNjcmVhdGVkX25hbm9zZWNvbmRzGAQgASgDUhJjcmVhdGVkTmFub3NlY29uZHMSLwoTZXhwaXJlc19uYW5vc2Vj\
        b25kcxgFIAEoA1ISZXhwaXJlc05hbm9zZWNvbmRzEhIKBHVzZXMYBiABKA1SBHVzZXMSFwoHdXNlZF9ieRgHIAMo\
        CVIGdXNlZEJ5EhwKCXdpdGhkcmF3bhgIIAEoCFIJd2l0aGRyYXduIicKFVdpdGhkcmF3SW52aXRlUmVxdWVzdBIO\
        CgJpZBgBIAEoCVICaWQiJQoTV2l0aGRyYXdJbnZpdGVSZXBseRIOCgJpZBgBIAEoCVICaWQiDQoLU2hvd1JlcXVl\
        c3QiowQKCVNob3dSZXBseRIYCgduZXR3b3JrGAEgASgJUgduZXR3b3JrEhIKBG5vZGUYAiABKAlSBG5vZGUSEgoE\
        bmFtZRgDIAEoCVIEbmFtZRIUCgVyb2xlcxgEIAMoCVIFcm9sZXMSIAoLcGVybWlzc2lvbnMYBSADKAlSC3Blcm1p\
        c3Npb25zEhkKCGlzX2FkbWluGAYgASgIUgdpc0FkbWluEioKEWhvbGRzX25ldHdvcmtfa2V5GAcgASgIUg9ob2xk\
        c05ldHdvcmtLZXkSLQoSaXNzdWVkX25hbm9zZWNvbmRzGAggASgDUhFpc3N1ZWROYW5vc2Vjb25kcxIvChNleHBp\
        cmVzX25hbm9zZWNvbmRzGAkgASgDUhJleHBpcmVzTmFub3NlY29uZHMSFgoGaXNzdWVyGAogASgJUgZpc3N1ZXIS\
        FgoGaGVhbHRoGAsgASgJUgZoZWFsdGgSFgoGcmVtZWR5GAwgASgJUgZyZW1lZHkSMgoGYWRtaW5zGA0gAygLMhou\
        YXB1cy5uZXR3b3JrLnYxLkFkbWluSW5mb1IGYWRtaW5zEkEKC3Jldm9jYXRpb25zGA4gAygLMh8uYXB1cy5uZXR3\
        b3JrLnYxLlJldm9jYXRpb25JbmZvUgtyZXZvY2F0aW9ucxI2Cgd3YWl0aW5nGA8gAygLMhwuYXB1cy5uZXR3b3Jr\
        LnYxLldhaXRpbmdJbmZvUgd3YWl0aW5nInoKCUFkbWluSW5mbxIOCgJpZBgBIAEoCVICaWQSEgoEbmFtZRgCIAEo\
        CVIEbmFtZRIvChNleHBpcmVzX25hbm9zZWNvbmRzGAMgASgDUhJleHBpcmVzTmFub3NlY29uZHMSGAoHcmV2b2tl\
        ZBgEIAEoCFIHcmV2b2tlZCKNAQoOUmV2b2NhdGlvbkluZm8SEgoEbm9kZRgBIAEoCVIEbm9kZRIOCgJieRgCIAEo\
        CVICYnkSKQoQdGltZV9uYW5vc2Vjb25kcxgDIAEoA1IPdGltZU5hbm9zZWNvbmRzEhQKBWFkbWluGAQgASgIUgVh\
        ZG1pbhIWCgZyZWFzb24YBSABKAlSBnJlYXNvbiJiCgtXYWl0aW5nSW5mbxISCgRub2RlGAEgASgJUgRub2RlEhIK\
        BG5hbWUYAiABKAlSBG5hbWUSKwoRc2luY2VfbmFub3NlY29uZHMYAyABKANSEHNpbmNlTmFub3NlY29uZHMiKwoN\
        QmFja3VwUmVxdWVzdBIaCghwYXNzd29yZBgBIAEoCVIIcGFzc3dvcmQiJQoLQmFja3VwUmVwbHkSFgoGYmFja3Vw\
        GAEgASgJUgZiYWNrdXAiXAoOUmVzdG9yZVJlcXVlc3QSFgoGYmFja3VwGAEgASgJUgZiYWNrdXASGgoIcGFzc3dv\
        cmQYAiABKAlSCHBhc3N3b3JkEhYKBmZvcmdldBgDIAEoCFIGZm9yZ2V0Ig4KDFJlc3RvcmVSZXBseSI5Cg9BZGRB\
        ZG1pblJlcXVlc3QSEgoEbm9kZRgBIAEoCVIEbm9kZRISCgRuYW1lGAIgASgJUgRuYW1lIkAKDUFkZEFkbWluUmVw\
        bHkSLwoTZXhwaXJlc19uYW5vc2Vjb25kcxgBIAEoA1ISZXhwaXJlc05hbm9zZWNvbmRzIiQKDkFwcHJvdmVSZXF1\
        ZXN0EhIKBG5vZGUYASABKAlSBG5vZGUiIgoMQXBwcm92ZVJlcGx5EhIKBG5hbWUYASABKAlSBG5hbWUinAEKDVJl\
        dm9rZVJlcXVlc3QSEgoEbm9kZRgBIAEoCVIEbm9kZRIWCgZyZWFzb24YAiABKAlSBnJlYXNvbhJFCg5zaWduZWRf\
        bWVtYmVycxgDIAEoDjIeLmFwdXMubmV0d29yay52MS5TaWduZWRNZW1iZXJzUg1zaWduZWRNZW1iZXJzEhgKB3By\
        ZXZpZXcYBCABKAhSB3ByZXZpZXciWwoLUmV2b2tlUmVwbHkSGAoHcmV2b2tlZBgBIAMoCVIHcmV2b2tlZBIyCgVu\
        b2RlcxgCIAMoCzIcLmFwdXMubmV0d29yay52MS5GYWxsaW5nTm9kZVIFbm9kZXMiTAoLRmFsbGluZ05vZGUSDgoC\
        aWQYASABKAlSAmlkEhIKBG5hbWUYAiABKAlSBG5hbWUSGQoIaXNfbmFtZWQYAyABKAhSB2lzTmFtZWQiWQoMTGFi\
        ZWxSZXF1ZXN0EhIKBG5vZGUYASABKAlSBG5vZGUSEAoDa2V5GAIgASgJUgNrZXkSGQoFdmFsdWUYAyABKAlIAFIF\
        dmFsdWWIAQFCCAoGX3ZhbHVlIgwKCkxhYmVsUmVwbHkiNwoNUmVuYW1lUmVxdWVzdBISCgRub2RlGAEgASgJUgRu\
        b2RlEhIKBG5hbWUYAiABKAlSBG5hbWUiDQoLUmVuYW1lUmVwbHkiQAoSSm9pbk5ldHdvcmtSZXF1ZXN0EhYKBmlu\
        dml0ZRgBIAEoCVIGaW52aXRlEhIKBG5hbWUYAiABKAlSBG5hbWUilQEKEEpvaW5OZXR3b3JrUmVwbHkSGAoHbmV0\
        d29yaxgBIAEoCVIHbmV0d29yaxISCgRuYW1lGAIgASgJUgRuYW1lEhgKB3BlbmRpbmcYAyABKAhSB3BlbmRpbmcS\
        HQoKd2FzX21lbWJlchgEIAEoCFIJd2FzTWVtYmVyEhoKCGNvbXBsZXRlGAUgASgIUghjb21wbGV0ZSJACgxMZWF2\
        ZVJlcXVlc3QSFAoFZm9yY2UYASABKAhSBWZvcmNlEhoKCHBhdGllbmNlGAIgASgDUghwYXRpZW5jZSJbCgpMZWF2\
        ZVJlcGx5EhgKB25ldHdvcmsYASABKAlSB25ldHdvcmsSFAoFZmlsZXMYAiABKARSBWZpbGVzEh0KCmZpbGVzX2xl\
        ZnQYAyABKARSCWZpbGVzTGVmdCpjCg1TaWduZWRNZW1iZXJzEh4KGlNJR05FRF9NRU1CRVJTX1VOU1BFQ0lGSUVE\
        EAASFwoTU0lHTkVEX01FTUJFUlNfS0VFUBABEhkKFVNJR05FRF9NRU1CRVJTX1JFVk9LRRACMuMCCgpNZW1iZXJz\
        aGlwEkoKBEpvaW4SHC5hcHVzLm5ldHdvcmsudjEuSm9pblJlcXVlc3QaGi5hcHVzLm5ldHdvcmsudjEuSm9pblJl\
        cGx5IgiKtRgEam9pbhJTCgVSZW5ldxIdLmFwdXMubmV0d29yay52MS5SZW5ld1JlcXVlc3QaGy5hcHVzLm5ldHdv\
        cmsudjEuUmVuZXdSZXBseSIOirUYCm1lbWJlcnNoaXASZQoLUmV2b2NhdGlvbnMSIy5hcHVzLm5ldHdvcmsudjEu\
        UmV2b2NhdGlvbnNSZXF1ZXN0GiEuYXB1cy5uZXR3b3JrLnYxLlJldm9jYXRpb25zUmVwbHkiDoq1GAptZW1iZXJz\
        aGlwEk0KCUludHJvZHVjZRIYLmFwdXMubmV0d29yay52MS5QYXNzYWdlGhguYXB1cy5uZXR3b3JrLnYxLlBhc3Nh\
        Z2UiCIq1GARqb2luKAEwATLQCQoMTmV0d29ya0FkbWluEmgKDENyZWF0ZUludml0ZRIkLmFwdXMubmV0d29yay52\
        MS5DcmVhdGVJbnZpdGVSZXF1ZXN0GiIuYXB1cy5uZXR3b3JrLnYxLkNyZWF0ZUludml0ZVJlcGx5Ig6KtRgKYWRt\
        aW5pc3RlchJlCgtMaXN0SW52aXRlcxIjLmFwdXMubmV0d29yay52MS5MaXN0SW52aXRlc1JlcXVlc3QaIS5hcHVz\
        Lm5ldHdvcmsudjEuTGlzdEludml0ZXNSZXBseSIOirUYCmFkbWluaXN0ZXISbgoOV2l0aGRyYXdJbnZpdGUSJi5h\
        cHVzLm5ldHdvcmsudjEuV2l0aGRyYXdJbnZpdGVSZXF1ZXN0GiQuYXB1cy5uZXR3b3JrLnYxLldpdGhkcmF3SW52\
        aXRlUmVwbHkiDoq1GAphZG1pbmlzdGVyElAKBFNob3cSHC5hcHVzLm5ldHdvcmsudjEuU2hvd1JlcXVlc3QaGi5h\
        cHVzLm5ldHdvcmsudjEuU2hvd1JlcGx5Ig6KtRgKYWRtaW5pc3RlchJWCgZCYWNrdXASHi5hcHVzLm5ldHdvcmsu\
        djEuQmFja3VwUmVxdWVzdBocLmFwdXMubmV0d29yay52MS5CYWNrdXBSZXBseSIOirUYCmFkbWluaXN0ZXISWQoH\
        UmVzdG9yZRIfLmFwdXMubmV0d29yay52MS5SZXN0b3JlUmVxdWVzdBodLmFwdXMubmV0d29yay52MS5SZXN0b3Jl\
        UmVwbHkiDoq1GAphZG1pbmlzdGVyElwKCEFkZEFkbWluEiAuYXB1cy5uZXR3b3JrLnYxLkFkZEFkbWluUmVxdWVz\
        dBoeLmFwdXMubmV0d29yay52MS5BZGRBZG1pblJlcGx5Ig6KtRgKYWRtaW5pc3RlchJZCgdBcHByb3ZlEh8uYXB1\
        cy5uZXR3b3JrLnYxLkFwcHJvdmVSZXF1ZXN0Gh0uYXB1cy5uZXR3b3JrLnYxLkFwcHJvdmVSZXBseSIOirUYCmFk\
        bWluaXN0ZXISVgoGUmV2b2tlEh4uYXB1cy5uZXR3b3JrLnYxLlJldm9rZVJlcXVlc3QaHC5hcHVzLm5ldHdvcmsu\
        djEuUmV2b2tlUmVwbHkiDoq1GAphZG1pbmlzdGVyElMKBUxhYmVsEh0uYXB1cy5uZXR3b3JrLnYxLkxhYmVsUmVx\
        dWVzdBobLmFwdXMubmV0d29yay52MS5MYWJlbFJlcGx5Ig6KtRgKYWRtaW5pc3RlchJWCgZSZW5hbWUSHi5hcHVz\
        Lm5ldHdvcmsudjEuUmVuYW1lUmVxdWVzdBocLmFwdXMubmV0d29yay52MS5SZW5hbWVSZXBseSIOirUYCmFkbWlu\
        aXN0ZXISZQoLSm9pbk5ldHdvcmsSIy5hcHVzLm5ldHdvcmsudjEuSm9pbk5ldHdvcmtSZXF1ZXN0GiEuYXB1cy5u\
        ZXR3b3JrLnYxLkpvaW5OZXR3b3JrUmVwbHkiDoq1GAphZG1pbmlzdGVyElUKBUxlYXZlEh0uYXB1cy5uZXR3b3Jr\
        LnYxLkxlYXZlUmVxdWVzdBobLmFwdXMubmV0d29yay52MS5MZWF2ZVJlcGx5Ig6KtRgKYWRtaW5pc3RlcjABYgZw\
        cm90bzM
        """),
    FileDescription(
      "apus/node/v1/node.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.node.v1.Node \
        apus.node.v1.Node.Status \
        apus.node.v1.Node.Stop \
        apus.node.v1.Node.Doctor \
        apus.node.v1.Node.Settings \
        apus.node.v1.Node.Logs \
        apus.node.v1.StatusRequest \
        apus.node.v1.StatusReply \
        apus.node.v1.Joining \
        apus.node.v1.Validity \
        apus.node.v1.StopRequest \
        apus.node.v1.StopReply \
        apus.node.v1.DoctorRequest \
        apus.node.v1.DoctorReply \
        apus.node.v1.Finding \
        apus.node.v1.SettingsRequest \
        apus.node.v1.SettingsReply \
        apus.node.v1.Setting \
        apus.node.v1.LogsRequest \
        apus.node.v1.LogRecord \
        apus.node.v1.LogLevel \
        apus.node.v1.Finding.Level \
        apus.node.v1.Setting.Origin 
        """,
      base64: """
        ChdhcHVzL25vZGUvdjEvbm9kZS5wcm90bxIMYXB1cy5ub2RlLnYxGhJhcHVzL29wdGlvbnMucHJvdG8iDwoNU3Rh\
        dHVzUmVxdWVzdCKLBAoLU3RhdHVzUmVwbHkSDgoCaWQYASABKAlSAmlkEhIKBG5hbWUYAiABKAlSBG5hbWUSGAoH\
        dmVyc2lvbhgDIAEoCVIHdmVyc2lvbhIYCgduZXR3b3JrGAQgASgJUgduZXR3b3JrEhQKBXJvbGVzGAUgAygJUgVy\
        b2xlcxIWCgZsaXN0ZW4YBiADKAlSBmxpc3RlbhIQCgN3ZWIYByABKAlSA3dlYhIQCgNwaWQYCCABKA1SA3BpZBIv\
        ChN1cHRpbWVfbWlsbGlzZWNvbmRzGAkgASgEUhJ1cHRpbWVNaWxsaXNlY29uZHMSJQoOcmVzaWRlbnRfYnl0ZXMY\
        CiABKARSDXJlc2lkZW50Qnl0ZXMSKQoQb3Blbl9jb25uZWN0aW9ucxgLIAEoBFIPb3BlbkNvbm5lY3Rpb25zEiEK\
        DGNhbGxzX3NlcnZlZBgMIAEoBFILY2FsbHNTZXJ2ZWQSEgoEem9uZRgNIAEoCVIEem9uZRIZCghpc19hZG1pbhgO\
        IAEoCFIHaXNBZG1pbhIUCgVwZWVycxgPIAEoDVIFcGVlcnMSNgoKbWVtYmVyc2hpcBgQIAEoCzIWLmFwdXMubm9k\
        ZS52MS5WYWxpZGl0eVIKbWVtYmVyc2hpcBIvCgdqb2luaW5nGBEgASgLMhUuYXB1cy5ub2RlLnYxLkpvaW5pbmdS\
        B2pvaW5pbmciZAoHSm9pbmluZxIYCgduZXR3b3JrGAEgASgJUgduZXR3b3JrEhIKBG5hbWUYAiABKAlSBG5hbWUS\
        KwoRc2luY2VfbmFub3NlY29uZHMYAyABKANSEHNpbmNlTmFub3NlY29uZHMiawoIVmFsaWRpdHkSLwoTZXhwaXJl\
        c19uYW5vc2Vjb25kcxgBIAEoA1ISZXhwaXJlc05hbm9zZWNvbmRzEhYKBmhlYWx0aBgCIAEoCVIGaGVhbHRoEhYK\
        BnJlbWVkeRgDIAEoCVIGcmVtZWR5IlgKC1N0b3BSZXF1ZXN0EjIKEmdyYWNlX21pbGxpc2Vjb25kcxgBIAEoDUgA\
        UhFncmFjZU1pbGxpc2Vjb25kc4gBAUIVChNfZ3JhY2VfbWlsbGlzZWNvbmRzIh0KCVN0b3BSZXBseRIQCgNwaWQY\
        ASABKA1SA3BpZCInCg1Eb2N0b3JSZXF1ZXN0EhYKBmNoZWNrcxgBIAMoCVIGY2hlY2tzIkAKC0RvY3RvclJlcGx5\
        EjEKCGZpbmRpbmdzGAEgAygLMhUuYXB1cy5ub2RlLnYxLkZpbmRpbmdSCGZpbmRpbmdzItkBCgdGaW5kaW5nEhQK\
        BWNoZWNrGAEgASgJUgVjaGVjaxIxCgVsZXZlbBgCIAEoDjIbLmFwdXMubm9kZS52MS5GaW5kaW5nLkxldmVsUgVs\
        ZXZlbBIYCgdzdW1tYXJ5GAMgASgJUgdzdW1tYXJ5EhYKBnJlbWVkeRgEIAEoCVIGcmVtZWR5IlMKBUxldmVsEhUK\
        EUxFVkVMX1VOU1BFQ0lGSUVEEAASDgoKTEVWRUxfRklORRABEhEKDUxFVkVMX1dBUk5JTkcQAhIQCgxMRVZFTF9C\
        Uk9LRU4QAyIpCg9TZXR0aW5nc1JlcXVlc3QSFgoGcHJlZml4GAEgASgJUgZwcmVmaXgiQgoNU2V0dGluZ3NSZXBs\
        eRIxCghzZXR0aW5ncxgBIAMoCzIVLmFwdXMubm9kZS52MS5TZXR0aW5nUghzZXR0aW5ncyLuAQoHU2V0dGluZxIQ\
        CgNrZXkYASABKAlSA2tleRIUCgV2YWx1ZRgCIAEoCVIFdmFsdWUSNAoGb3JpZ2luGAMgASgOMhwuYXB1cy5ub2Rl\
        LnYxLlNldHRpbmcuT3JpZ2luUgZvcmlnaW4SFAoFcGxhY2UYBCABKAlSBXBsYWNlIm8KBk9yaWdpbhIWChJPUklH\
        SU5fVU5TUEVDSUZJRUQQABITCg9PUklHSU5fQlVJTFRfSU4QARIPCgtPUklHSU5fRklMRRACEhYKEk9SSUdJTl9F\
        TlZJUk9OTUVOVBADEg8KC09SSUdJTl9GTEFHEAQinAEKC0xvZ3NSZXF1ZXN0EhYKBmZvbGxvdxgBIAEoCFIGZm9s\
        bG93EhcKBHRhaWwYAiABKA1IAFIEdGFpbIgBARI7Cg1taW5pbXVtX2xldmVsGAMgASgOMhYuYXB1cy5ub2RlLnYx\
        LkxvZ0xldmVsUgxtaW5pbXVtTGV2ZWwSFgoGbW9kdWxlGAQgASgJUgZtb2R1bGVCBwoFX3RhaWwijgIKCUxvZ1Jl\
        Y29yZBIpChB0aW1lX25hbm9zZWNvbmRzGAEgASgDUg90aW1lTmFub3NlY29uZHMSLAoFbGV2ZWwYAiABKA4yFi5h\
        cHVzLm5vZGUudjEuTG9nTGV2ZWxSBWxldmVsEhYKBm1vZHVsZRgDIAEoCVIGbW9kdWxlEhgKB21lc3NhZ2UYBCAB\
        KAlSB21lc3NhZ2USOwoGZmllbGRzGAUgAygLMiMuYXB1cy5ub2RlLnYxLkxvZ1JlY29yZC5GaWVsZHNFbnRyeVIG\
        ZmllbGRzGjkKC0ZpZWxkc0VudHJ5EhAKA2tleRgBIAEoCVIDa2V5EhQKBXZhbHVlGAIgASgJUgV2YWx1ZToCOAEq\
        pQEKCExvZ0xldmVsEhkKFUxPR19MRVZFTF9VTlNQRUNJRklFRBAAEhMKD0xPR19MRVZFTF9UUkFDRRABEhMKD0xP\
        R19MRVZFTF9ERUJVRxACEhIKDkxPR19MRVZFTF9JTkZPEAMSFAoQTE9HX0xFVkVMX05PVElDRRAEEhUKEUxPR19M\
        RVZFTF9XQVJOSU5HEAUSEwoPTE9HX0xFVkVMX0VSUk9SEAYymAMKBE5vZGUSTAoGU3RhdHVzEhsuYXB1cy5ub2Rl\
        LnYxLlN0YXR1c1JlcXVlc3QaGS5hcHVzLm5vZGUudjEuU3RhdHVzUmVwbHkiCoq1GAZzdGF0dXMSSgoEU3RvcBIZ\
        LmFwdXMubm9kZS52MS5TdG9wUmVxdWVzdBoXLmFwdXMubm9kZS52MS5TdG9wUmVwbHkiDoq1GAphZG1pbmlzdGVy\
        ElAKBkRvY3RvchIbLmFwdXMubm9kZS52MS5Eb2N0b3JSZXF1ZXN0GhkuYXB1cy5ub2RlLnYxLkRvY3RvclJlcGx5\
        Ig6KtRgKYWRtaW5pc3RlchJWCghTZXR0aW5ncxIdLmFwdXMubm9kZS52MS5TZXR0aW5nc1JlcXVlc3QaGy5hcHVz\
        Lm5vZGUudjEuU2V0dGluZ3NSZXBseSIOirUYCmFkbWluaXN0ZXISTAoETG9ncxIZLmFwdXMubm9kZS52MS5Mb2dz\
        UmVxdWVzdBoXLmFwdXMubm9kZS52MS5Mb2dSZWNvcmQiDoq1GAphZG1pbmlzdGVyMAFiBnByb3RvMw
        """),
    FileDescription(
      "apus/nodes/v1/nodes.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.nodes.v1.Nodes \
        apus.nodes.v1.Nodes.List \
        apus.nodes.v1.Nodes.Watch \
        apus.nodes.v1.Nodes.Show \
        apus.nodes.v1.Nodes.Ping \
        apus.nodes.v1.Nodes.Speed \
        apus.nodes.v1.Nodes.Stream \
        apus.nodes.v1.Nodes.Explain \
        apus.nodes.v1.Nodes.ExportTable \
        apus.nodes.v1.Nodes.ImportTable \
        apus.nodes.v1.ListRequest \
        apus.nodes.v1.WatchRequest \
        apus.nodes.v1.Rows \
        apus.nodes.v1.Row \
        apus.nodes.v1.ShowRequest \
        apus.nodes.v1.ShowReply \
        apus.nodes.v1.PingRequest \
        apus.nodes.v1.PingReply \
        apus.nodes.v1.SpeedRequest \
        apus.nodes.v1.SpeedReply \
        apus.nodes.v1.SpeedResult \
        apus.nodes.v1.StreamRequest \
        apus.nodes.v1.StreamReply \
        apus.nodes.v1.StreamReply.Direction \
        apus.nodes.v1.ExplainRequest \
        apus.nodes.v1.ExplainReply \
        apus.nodes.v1.Way \
        apus.nodes.v1.ExportTableRequest \
        apus.nodes.v1.ExportTableReply \
        apus.nodes.v1.ImportTableRequest \
        apus.nodes.v1.ImportTableReply \
        apus.nodes.v1.ImportedEntry \
        apus.nodes.v1.SpeedReply.Direction 
        """,
      base64: """
        ChlhcHVzL25vZGVzL3YxL25vZGVzLnByb3RvEg1hcHVzLm5vZGVzLnYxGhJhcHVzL29wdGlvbnMucHJvdG8iNwoL\
        TGlzdFJlcXVlc3QSEgoEc29ydBgBIAEoCVIEc29ydBIUCgV3aGVyZRgCIAEoCVIFd2hlcmUibQoMV2F0Y2hSZXF1\
        ZXN0EhIKBHNvcnQYASABKAlSBHNvcnQSFAoFd2hlcmUYAiABKAlSBXdoZXJlEjMKFWludGVydmFsX21pbGxpc2Vj\
        b25kcxgDIAEoDVIUaW50ZXJ2YWxNaWxsaXNlY29uZHMiRwoEUm93cxImCgRyb3dzGAEgAygLMhIuYXB1cy5ub2Rl\
        cy52MS5Sb3dSBHJvd3MSFwoHaXNfbGFzdBgCIAEoCFIGaXNMYXN0It0DCgNSb3cSDgoCaWQYASABKAlSAmlkEhIK\
        BG5hbWUYAiABKAlSBG5hbWUSFAoFc3RhdGUYAyABKAlSBXN0YXRlEhIKBHpvbmUYBCABKAlSBHpvbmUSFAoFcm9s\
        ZXMYBSADKAlSBXJvbGVzEhIKBHBhdGgYBiABKAlSBHBhdGgSNgoUbGF0ZW5jeV9taWxsaXNlY29uZHMYByABKAFI\
        AFITbGF0ZW5jeU1pbGxpc2Vjb25kc4gBARIuChNsYXRlbmN5X2lzX21lYXN1cmVkGAggASgIUhFsYXRlbmN5SXNN\
        ZWFzdXJlZBIkCgt1cGxvYWRfbWJwcxgJIAEoAUgBUgp1cGxvYWRNYnBziAEBEigKDWRvd25sb2FkX21icHMYCiAB\
        KAFIAlIMZG93bmxvYWRNYnBziAEBEhcKBGxvYWQYCyABKAFIA1IEbG9hZIgBARIcCglhZGRyZXNzZXMYDCADKAlS\
        CWFkZHJlc3NlcxIXCgdpc19zZWxmGA0gASgIUgZpc1NlbGYSEgoEanNvbhgOIAEoCVIEanNvbkIXChVfbGF0ZW5j\
        eV9taWxsaXNlY29uZHNCDgoMX3VwbG9hZF9tYnBzQhAKDl9kb3dubG9hZF9tYnBzQgcKBV9sb2FkIiEKC1Nob3dS\
        ZXF1ZXN0EhIKBG5vZGUYASABKAlSBG5vZGUiMQoJU2hvd1JlcGx5EiQKA3JvdxgBIAEoCzISLmFwdXMubm9kZXMu\
        djEuUm93UgNyb3citQEKC1BpbmdSZXF1ZXN0EhIKBG5vZGUYASABKAlSBG5vZGUSFAoFY291bnQYAiABKA1SBWNv\
        dW50EjMKFWludGVydmFsX21pbGxpc2Vjb25kcxgDIAEoDVIUaW50ZXJ2YWxNaWxsaXNlY29uZHMSMQoUdGltZW91\
        dF9taWxsaXNlY29uZHMYBCABKA1SE3RpbWVvdXRNaWxsaXNlY29uZHMSFAoFYnl0ZXMYBSABKA1SBWJ5dGVzIqwB\
        CglQaW5nUmVwbHkSDgoCaWQYASABKAlSAmlkEhIKBG5hbWUYAiABKAlSBG5hbWUSFgoGbnVtYmVyGAMgASgNUgZu\
        dW1iZXISJQoLbmFub3NlY29uZHMYBCABKARIAFILbmFub3NlY29uZHOIAQESEgoEcGF0aBgFIAEoCVIEcGF0aBIY\
        CgdmYWlsdXJlGAYgASgJUgdmYWlsdXJlQg4KDF9uYW5vc2Vjb25kcyJcCgxTcGVlZFJlcXVlc3QSEgoEbm9kZRgB\
        IAEoCVIEbm9kZRIiCgxtaWxsaXNlY29uZHMYAiABKA1SDG1pbGxpc2Vjb25kcxIUCgVieXRlcxgDIAEoBFIFYnl0\
        ZXMiyQIKClNwZWVkUmVwbHkSDgoCaWQYASABKAlSAmlkEhIKBG5hbWUYAiABKAlSBG5hbWUSEgoEcGF0aBgDIAEo\
        CVIEcGF0aBJBCglkaXJlY3Rpb24YBCABKA4yIy5hcHVzLm5vZGVzLnYxLlNwZWVkUmVwbHkuRGlyZWN0aW9uUglk\
        aXJlY3Rpb24SFAoFYnl0ZXMYBSABKARSBWJ5dGVzEiAKC25hbm9zZWNvbmRzGAYgASgEUgtuYW5vc2Vjb25kcxIy\
        CgZyZXN1bHQYByABKAsyGi5hcHVzLm5vZGVzLnYxLlNwZWVkUmVzdWx0UgZyZXN1bHQiVAoJRGlyZWN0aW9uEhkK\
        FURJUkVDVElPTl9VTlNQRUNJRklFRBAAEhQKEERJUkVDVElPTl9VUExPQUQQARIWChJESVJFQ1RJT05fRE9XTkxP\
        QUQQAiKlAQoLU3BlZWRSZXN1bHQSHwoLdXBsb2FkX21icHMYASABKAFSCnVwbG9hZE1icHMSIwoNZG93bmxvYWRf\
        bWJwcxgCIAEoAVIMZG93bmxvYWRNYnBzEiUKDnVwbG9hZGVkX2J5dGVzGAMgASgEUg11cGxvYWRlZEJ5dGVzEikK\
        EGRvd25sb2FkZWRfYnl0ZXMYBCABKARSD2Rvd25sb2FkZWRCeXRlcyLXAQoNU3RyZWFtUmVxdWVzdBISCgRub2Rl\
        GAEgASgJUgRub2RlEiIKDG1pbGxpc2Vjb25kcxgCIAEoDVIMbWlsbGlzZWNvbmRzEjMKFWludGVydmFsX21pbGxp\
        c2Vjb25kcxgDIAEoDVIUaW50ZXJ2YWxNaWxsaXNlY29uZHMSFAoFYnl0ZXMYBCABKA1SBWJ5dGVzEhIKBHNlZWQY\
        BSABKARSBHNlZWQSLwoTcmVwb3J0X21pbGxpc2Vjb25kcxgGIAEoDVIScmVwb3J0TWlsbGlzZWNvbmRzIucCCgtT\
        dHJlYW1SZXBseRIOCgJpZBgBIAEoCVICaWQSEgoEbmFtZRgCIAEoCVIEbmFtZRISCgRwYXRoGAMgASgJUgRwYXRo\
        EiAKC25hbm9zZWNvbmRzGAQgASgEUgtuYW5vc2Vjb25kcxI8CgZ1cGxvYWQYBSABKAsyJC5hcHVzLm5vZGVzLnYx\
        LlN0cmVhbVJlcGx5LkRpcmVjdGlvblIGdXBsb2FkEkAKCGRvd25sb2FkGAYgASgLMiQuYXB1cy5ub2Rlcy52MS5T\
        dHJlYW1SZXBseS5EaXJlY3Rpb25SCGRvd25sb2FkGn4KCURpcmVjdGlvbhIjCg1jaGVja2VkX2J5dGVzGAEgASgE\
        UgxjaGVja2VkQnl0ZXMSHwoLd3JvbmdfYnl0ZXMYAiABKARSCndyb25nQnl0ZXMSKwoRc3RhbGxfbmFub3NlY29u\
        ZHMYAyABKARSEHN0YWxsTmFub3NlY29uZHMiVwoORXhwbGFpblJlcXVlc3QSEgoEbm9kZRgBIAEoCVIEbm9kZRIx\
        ChR0aW1lb3V0X21pbGxpc2Vjb25kcxgCIAEoDVITdGltZW91dE1pbGxpc2Vjb25kcyKkAQoMRXhwbGFpblJlcGx5\
        Eg4KAmlkGAEgASgJUgJpZBISCgRuYW1lGAIgASgJUgRuYW1lEhIKBHBhdGgYAyABKAlSBHBhdGgSJgoEd2F5cxgE\
        IAMoCzISLmFwdXMubm9kZXMudjEuV2F5UgR3YXlzEhIKBGJlc3QYBSABKAlSBGJlc3QSIAoLbmFub3NlY29uZHMY\
        BiABKARSC25hbm9zZWNvbmRzIvMBCgNXYXkSEAoDd2F5GAEgASgJUgN3YXkSEgoEcGF0aBgCIAEoCVIEcGF0aBIc\
        Cgljb25uZWN0ZWQYAyABKAhSCWNvbm5lY3RlZBI0ChNzdGFydGVkX25hbm9zZWNvbmRzGAQgASgESABSEnN0YXJ0\
        ZWROYW5vc2Vjb25kc4gBARIgCgtuYW5vc2Vjb25kcxgFIAEoBFILbmFub3NlY29uZHMSFgoGcmVhc29uGAYgASgJ\
        UgZyZWFzb24SIAoLZXhwbGFuYXRpb24YByABKAlSC2V4cGxhbmF0aW9uQhYKFF9zdGFydGVkX25hbm9zZWNvbmRz\
        IhQKEkV4cG9ydFRhYmxlUmVxdWVzdCImChBFeHBvcnRUYWJsZVJlcGx5EhIKBGpzb24YASABKAlSBGpzb24iKAoS\
        SW1wb3J0VGFibGVSZXF1ZXN0EhIKBGpzb24YASABKAlSBGpzb24iSgoQSW1wb3J0VGFibGVSZXBseRI2CgdlbnRy\
        aWVzGAEgAygLMhwuYXB1cy5ub2Rlcy52MS5JbXBvcnRlZEVudHJ5UgdlbnRyaWVzIncKDUltcG9ydGVkRW50cnkS\
        EgoEbmFtZRgBIAEoCVIEbmFtZRIcCglhZGRyZXNzZXMYAiADKAlSCWFkZHJlc3NlcxIZCghrbm93bl9hcxgDIAEo\
        CVIHa25vd25BcxIZCghpc190cmllZBgEIAEoCFIHaXNUcmllZDLjBQoFTm9kZXMSRAoETGlzdBIaLmFwdXMubm9k\
        ZXMudjEuTGlzdFJlcXVlc3QaEy5hcHVzLm5vZGVzLnYxLlJvd3MiCYq1GAVub2RlczABEkYKBVdhdGNoEhsuYXB1\
        cy5ub2Rlcy52MS5XYXRjaFJlcXVlc3QaEy5hcHVzLm5vZGVzLnYxLlJvd3MiCYq1GAVub2RlczABEkcKBFNob3cS\
        Gi5hcHVzLm5vZGVzLnYxLlNob3dSZXF1ZXN0GhguYXB1cy5ub2Rlcy52MS5TaG93UmVwbHkiCYq1GAVub2RlcxJL\
        CgRQaW5nEhouYXB1cy5ub2Rlcy52MS5QaW5nUmVxdWVzdBoYLmFwdXMubm9kZXMudjEuUGluZ1JlcGx5IguKtRgH\
        bWVhc3VyZTABEk4KBVNwZWVkEhsuYXB1cy5ub2Rlcy52MS5TcGVlZFJlcXVlc3QaGS5hcHVzLm5vZGVzLnYxLlNw\
        ZWVkUmVwbHkiC4q1GAdtZWFzdXJlMAESUQoGU3RyZWFtEhwuYXB1cy5ub2Rlcy52MS5TdHJlYW1SZXF1ZXN0Ghou\
        YXB1cy5ub2Rlcy52MS5TdHJlYW1SZXBseSILirUYB21lYXN1cmUwARJSCgdFeHBsYWluEh0uYXB1cy5ub2Rlcy52\
        MS5FeHBsYWluUmVxdWVzdBobLmFwdXMubm9kZXMudjEuRXhwbGFpblJlcGx5IguKtRgHbWVhc3VyZRJcCgtFeHBv\
        cnRUYWJsZRIhLmFwdXMubm9kZXMudjEuRXhwb3J0VGFibGVSZXF1ZXN0Gh8uYXB1cy5ub2Rlcy52MS5FeHBvcnRU\
        YWJsZVJlcGx5IgmKtRgFbm9kZXMSYQoLSW1wb3J0VGFibGUSIS5hcHVzLm5vZGVzLnYxLkltcG9ydFRhYmxlUmVx\
        dWVzdBofLmFwdXMubm9kZXMudjEuSW1wb3J0VGFibGVSZXBseSIOirUYCmFkbWluaXN0ZXJiBnByb3RvMw
        """),
    FileDescription(
      "apus/probe/v1/probe.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.probe.v1.Probe \
        apus.probe.v1.Probe.Echo \
        apus.probe.v1.Probe.Delay \
        apus.probe.v1.Probe.Sink \
        apus.probe.v1.Probe.Source \
        apus.probe.v1.Probe.Mirror \
        apus.probe.v1.Probe.Exchange \
        apus.probe.v1.EchoRequest \
        apus.probe.v1.DelayRequest \
        apus.probe.v1.EchoReply \
        apus.probe.v1.SinkRequest \
        apus.probe.v1.SinkReply \
        apus.probe.v1.SourceRequest \
        apus.probe.v1.SourceReply \
        apus.probe.v1.MirrorRequest \
        apus.probe.v1.MirrorReply \
        apus.probe.v1.ExchangeRequest \
        apus.probe.v1.ExchangeReply 
        """,
      base64: """
        ChlhcHVzL3Byb2JlL3YxL3Byb2JlLnByb3RvEg1hcHVzLnByb2JlLnYxGhJhcHVzL29wdGlvbnMucHJvdG8iogEK\
        C0VjaG9SZXF1ZXN0EhgKB3BheWxvYWQYASABKAxSB3BheWxvYWQSPgoGbGFiZWxzGAIgAygLMiYuYXB1cy5wcm9i\
        ZS52MS5FY2hvUmVxdWVzdC5MYWJlbHNFbnRyeVIGbGFiZWxzGjkKC0xhYmVsc0VudHJ5EhAKA2tleRgBIAEoCVID\
        a2V5EhQKBXZhbHVlGAIgASgJUgV2YWx1ZToCOAEiTAoMRGVsYXlSZXF1ZXN0EhgKB3BheWxvYWQYASABKAxSB3Bh\
        eWxvYWQSIgoMbWlsbGlzZWNvbmRzGAIgASgNUgxtaWxsaXNlY29uZHMingEKCUVjaG9SZXBseRIYCgdwYXlsb2Fk\
        GAEgASgMUgdwYXlsb2FkEjwKBmxhYmVscxgCIAMoCzIkLmFwdXMucHJvYmUudjEuRWNob1JlcGx5LkxhYmVsc0Vu\
        dHJ5UgZsYWJlbHMaOQoLTGFiZWxzRW50cnkSEAoDa2V5GAEgASgJUgNrZXkSFAoFdmFsdWUYAiABKAlSBXZhbHVl\
        OgI4ASInCgtTaW5rUmVxdWVzdBIYCgdwYXlsb2FkGAEgASgMUgdwYXlsb2FkIlUKCVNpbmtSZXBseRIaCghtZXNz\
        YWdlcxgBIAEoBFIIbWVzc2FnZXMSFAoFYnl0ZXMYAiABKARSBWJ5dGVzEhYKBnNoYTI1NhgDIAEoDFIGc2hhMjU2\
        IkEKDVNvdXJjZVJlcXVlc3QSGgoIbWVzc2FnZXMYASABKARSCG1lc3NhZ2VzEhQKBWJ5dGVzGAIgASgNUgVieXRl\
        cyI/CgtTb3VyY2VSZXBseRIWCgZudW1iZXIYASABKARSBm51bWJlchIYCgdwYXlsb2FkGAIgASgMUgdwYXlsb2Fk\
        IkEKDU1pcnJvclJlcXVlc3QSFgoGbnVtYmVyGAEgASgEUgZudW1iZXISGAoHcGF5bG9hZBgCIAEoDFIHcGF5bG9h\
        ZCI/CgtNaXJyb3JSZXBseRIWCgZudW1iZXIYASABKARSBm51bWJlchIYCgdwYXlsb2FkGAIgASgMUgdwYXlsb2Fk\
        IqIBCg9FeGNoYW5nZVJlcXVlc3QSEgoEc2VlZBgBIAEoBFIEc2VlZBIzChVpbnRlcnZhbF9taWxsaXNlY29uZHMY\
        AiABKA1SFGludGVydmFsTWlsbGlzZWNvbmRzEhQKBWJ5dGVzGAMgASgNUgVieXRlcxIWCgZvZmZzZXQYBCABKARS\
        Bm9mZnNldBIYCgdwYXlsb2FkGAUgASgMUgdwYXlsb2FkIrQBCg1FeGNoYW5nZVJlcGx5EhYKBm9mZnNldBgBIAEo\
        BFIGb2Zmc2V0EhgKB3BheWxvYWQYAiABKAxSB3BheWxvYWQSIwoNY2hlY2tlZF9ieXRlcxgDIAEoBFIMY2hlY2tl\
        ZEJ5dGVzEh8KC3dyb25nX2J5dGVzGAQgASgEUgp3cm9uZ0J5dGVzEisKEXN0YWxsX25hbm9zZWNvbmRzGAUgASgE\
        UhBzdGFsbE5hbm9zZWNvbmRzMucDCgVQcm9iZRJLCgRFY2hvEhouYXB1cy5wcm9iZS52MS5FY2hvUmVxdWVzdBoY\
        LmFwdXMucHJvYmUudjEuRWNob1JlcGx5Ig2KtRgFcHJvYmWQtRgBEkkKBURlbGF5EhsuYXB1cy5wcm9iZS52MS5E\
        ZWxheVJlcXVlc3QaGC5hcHVzLnByb2JlLnYxLkVjaG9SZXBseSIJirUYBXByb2JlEkkKBFNpbmsSGi5hcHVzLnBy\
        b2JlLnYxLlNpbmtSZXF1ZXN0GhguYXB1cy5wcm9iZS52MS5TaW5rUmVwbHkiCYq1GAVwcm9iZSgBEk8KBlNvdXJj\
        ZRIcLmFwdXMucHJvYmUudjEuU291cmNlUmVxdWVzdBoaLmFwdXMucHJvYmUudjEuU291cmNlUmVwbHkiCYq1GAVw\
        cm9iZTABElEKBk1pcnJvchIcLmFwdXMucHJvYmUudjEuTWlycm9yUmVxdWVzdBoaLmFwdXMucHJvYmUudjEuTWly\
        cm9yUmVwbHkiCYq1GAVwcm9iZSgBMAESVwoIRXhjaGFuZ2USHi5hcHVzLnByb2JlLnYxLkV4Y2hhbmdlUmVxdWVz\
        dBocLmFwdXMucHJvYmUudjEuRXhjaGFuZ2VSZXBseSIJirUYBXByb2JlKAEwAWIGcHJvdG8z
        """),
    FileDescription(
      "apus/relay/v1/relay.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.relay.v1.Relay \
        apus.relay.v1.Relay.Reserve \
        apus.relay.v1.Relay.Renew \
        apus.relay.v1.Relay.Release \
        apus.relay.v1.Relay.Listen \
        apus.relay.v1.Relay.Open \
        apus.relay.v1.Relay.Signal \
        apus.relay.v1.ReserveRequest \
        apus.relay.v1.RenewRequest \
        apus.relay.v1.ReserveReply \
        apus.relay.v1.ReleaseRequest \
        apus.relay.v1.ReleaseReply \
        apus.relay.v1.Load \
        apus.relay.v1.ListenRequest \
        apus.relay.v1.Notice \
        apus.relay.v1.Listening \
        apus.relay.v1.Incoming \
        apus.relay.v1.Signalled \
        apus.relay.v1.Restarting \
        apus.relay.v1.OpenRequest \
        apus.relay.v1.OpenReply \
        apus.relay.v1.SignalRequest \
        apus.relay.v1.SignalReply 
        """,
      base64: """
        ChlhcHVzL3JlbGF5L3YxL3JlbGF5LnByb3RvEg1hcHVzLnJlbGF5LnYxGhJhcHVzL29wdGlvbnMucHJvdG8iEAoO\
        UmVzZXJ2ZVJlcXVlc3QiMAoMUmVuZXdSZXF1ZXN0EiAKC3Jlc2VydmF0aW9uGAEgASgEUgtyZXNlcnZhdGlvbiKg\
        AQoMUmVzZXJ2ZVJlcGx5EiAKC3Jlc2VydmF0aW9uGAEgASgEUgtyZXNlcnZhdGlvbhIpChBsaWZldGltZV9zZWNv\
        bmRzGAIgASgNUg9saWZldGltZVNlY29uZHMSGgoIb2JzZXJ2ZWQYAyABKAlSCG9ic2VydmVkEicKBGxvYWQYBCAB\
        KAsyEy5hcHVzLnJlbGF5LnYxLkxvYWRSBGxvYWQiMgoOUmVsZWFzZVJlcXVlc3QSIAoLcmVzZXJ2YXRpb24YASAB\
        KARSC3Jlc2VydmF0aW9uIg4KDFJlbGVhc2VSZXBseSL3AQoETG9hZBIaCghjaXJjdWl0cxgBIAEoDVIIY2lyY3Vp\
        dHMSIwoNY2lyY3VpdF9saW1pdBgCIAEoDVIMY2lyY3VpdExpbWl0EiIKDHJlc2VydmF0aW9ucxgDIAEoDVIMcmVz\
        ZXJ2YXRpb25zEisKEXJlc2VydmF0aW9uX2xpbWl0GAQgASgNUhByZXNlcnZhdGlvbkxpbWl0EigKEGJ5dGVzX3Bl\
        cl9zZWNvbmQYBSABKARSDmJ5dGVzUGVyU2Vjb25kEjMKFmJ5dGVzX3Blcl9zZWNvbmRfbGltaXQYBiABKARSE2J5\
        dGVzUGVyU2Vjb25kTGltaXQiDwoNTGlzdGVuUmVxdWVzdCL4AQoGTm90aWNlEjgKCWxpc3RlbmluZxgBIAEoCzIY\
        LmFwdXMucmVsYXkudjEuTGlzdGVuaW5nSABSCWxpc3RlbmluZxI1CghpbmNvbWluZxgCIAEoCzIXLmFwdXMucmVs\
        YXkudjEuSW5jb21pbmdIAFIIaW5jb21pbmcSOAoJc2lnbmFsbGVkGAMgASgLMhguYXB1cy5yZWxheS52MS5TaWdu\
        YWxsZWRIAFIJc2lnbmFsbGVkEjsKCnJlc3RhcnRpbmcYBCABKAsyGS5hcHVzLnJlbGF5LnYxLlJlc3RhcnRpbmdI\
        AFIKcmVzdGFydGluZ0IGCgRraW5kIgsKCUxpc3RlbmluZyJWCghJbmNvbWluZxIWCgZ0aWNrZXQYASABKAxSBnRp\
        Y2tldBIWCgZjYWxsZXIYAiABKAxSBmNhbGxlchIaCghvYnNlcnZlZBgDIAEoCVIIb2JzZXJ2ZWQiVwoJU2lnbmFs\
        bGVkEhYKBnNlbmRlchgBIAEoDFIGc2VuZGVyEhYKBnNlYWxlZBgCIAEoDFIGc2VhbGVkEhoKCG9ic2VydmVkGAMg\
        ASgJUghvYnNlcnZlZCI7CgpSZXN0YXJ0aW5nEi0KEmFmdGVyX21pbGxpc2Vjb25kcxgBIAEoDVIRYWZ0ZXJNaWxs\
        aXNlY29uZHMibwoLT3BlblJlcXVlc3QSFgoGdGFyZ2V0GAEgASgMUgZ0YXJnZXQSIwoNY2FsbGVyX3RpY2tldBgC\
        IAEoDFIMY2FsbGVyVGlja2V0EiMKDXRhcmdldF90aWNrZXQYAyABKAxSDHRhcmdldFRpY2tldCInCglPcGVuUmVw\
        bHkSGgoIb2JzZXJ2ZWQYASABKAlSCG9ic2VydmVkIj8KDVNpZ25hbFJlcXVlc3QSFgoGdGFyZ2V0GAEgASgMUgZ0\
        YXJnZXQSFgoGc2VhbGVkGAIgASgMUgZzZWFsZWQiDQoLU2lnbmFsUmVwbHky3QMKBVJlbGF5ElAKB1Jlc2VydmUS\
        HS5hcHVzLnJlbGF5LnYxLlJlc2VydmVSZXF1ZXN0GhsuYXB1cy5yZWxheS52MS5SZXNlcnZlUmVwbHkiCYq1GAVy\
        ZWxheRJMCgVSZW5ldxIbLmFwdXMucmVsYXkudjEuUmVuZXdSZXF1ZXN0GhsuYXB1cy5yZWxheS52MS5SZXNlcnZl\
        UmVwbHkiCYq1GAVyZWxheRJQCgdSZWxlYXNlEh0uYXB1cy5yZWxheS52MS5SZWxlYXNlUmVxdWVzdBobLmFwdXMu\
        cmVsYXkudjEuUmVsZWFzZVJlcGx5IgmKtRgFcmVsYXkSSgoGTGlzdGVuEhwuYXB1cy5yZWxheS52MS5MaXN0ZW5S\
        ZXF1ZXN0GhUuYXB1cy5yZWxheS52MS5Ob3RpY2UiCYq1GAVyZWxheTABEkcKBE9wZW4SGi5hcHVzLnJlbGF5LnYx\
        Lk9wZW5SZXF1ZXN0GhguYXB1cy5yZWxheS52MS5PcGVuUmVwbHkiCYq1GAVyZWxheRJNCgZTaWduYWwSHC5hcHVz\
        LnJlbGF5LnYxLlNpZ25hbFJlcXVlc3QaGi5hcHVzLnJlbGF5LnYxLlNpZ25hbFJlcGx5IgmKtRgFcmVsYXliBnBy\
        b3RvMw
        """),
    FileDescription(
      "apus/table/v1/table.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.table.v1.Gossip \
        apus.table.v1.Gossip.Exchange \
        apus.table.v1.Records \
        apus.table.v1.Records.Reconcile \
        apus.table.v1.Loads \
        apus.table.v1.Loads.Now \
        apus.table.v1.RecordComparison \
        apus.table.v1.LoadRequest \
        apus.table.v1.Load \
        apus.table.v1.NodeRecord \
        apus.table.v1.Label \
        apus.table.v1.NodeSpecs \
        apus.table.v1.Graphics \
        apus.table.v1.SignedRecord \
        apus.table.v1.GossipFrame \
        apus.table.v1.Greeting \
        apus.table.v1.GossipMessage \
        apus.table.v1.Probe \
        apus.table.v1.Coordinate \
        apus.table.v1.Indirect \
        apus.table.v1.Join \
        apus.table.v1.ForwardJoin \
        apus.table.v1.Neighbour \
        apus.table.v1.NeighbourReply \
        apus.table.v1.Disconnect \
        apus.table.v1.Sample \
        apus.table.v1.Changes \
        apus.table.v1.Change \
        apus.table.v1.Wanted \
        apus.table.v1.Claim \
        apus.table.v1.Claim.Kind 
        """,
      base64: """
        ChlhcHVzL3RhYmxlL3YxL3RhYmxlLnByb3RvEg1hcHVzLnRhYmxlLnYxGhJhcHVzL29wdGlvbnMucHJvdG8ifgoQ\
        UmVjb3JkQ29tcGFyaXNvbhIYCgdtZXNzYWdlGAEgASgMUgdtZXNzYWdlEjUKB3JlY29yZHMYAiADKAsyGy5hcHVz\
        LnRhYmxlLnYxLlNpZ25lZFJlY29yZFIHcmVjb3JkcxIZCghoYXNfbW9yZRgDIAEoCFIHaGFzTW9yZSINCgtMb2Fk\
        UmVxdWVzdCKdAQoETG9hZBIcCglwcm9jZXNzb3IYASABKAFSCXByb2Nlc3NvchIqChFmcmVlX21lbW9yeV9ieXRl\
        cxgCIAEoBFIPZnJlZU1lbW9yeUJ5dGVzEiYKD2ZyZWVfZGlza19ieXRlcxgDIAEoBFINZnJlZURpc2tCeXRlcxIj\
        Cg1ydW5uaW5nX3Rhc2tzGAQgASgNUgxydW5uaW5nVGFza3Mi0wMKCk5vZGVSZWNvcmQSDgoCaWQYASABKAxSAmlk\
        EhoKCHNlcXVlbmNlGAIgASgEUghzZXF1ZW5jZRISCgRuYW1lGAMgASgJUgRuYW1lEhwKCWFkZHJlc3NlcxgEIAMo\
        CVIJYWRkcmVzc2VzEhQKBXJvbGVzGAUgAygJUgVyb2xlcxIuCgVzcGVjcxgGIAEoCzIYLmFwdXMudGFibGUudjEu\
        Tm9kZVNwZWNzUgVzcGVjcxIsCgZsYWJlbHMYByADKAsyFC5hcHVzLnRhYmxlLnYxLkxhYmVsUgZsYWJlbHMSEgoE\
        em9uZRgIIAEoCVIEem9uZRIYCgd2ZXJzaW9uGAkgASgJUgd2ZXJzaW9uEhAKA25hdBgKIAEoCVIDbmF0EhYKBnJl\
        bGF5cxgLIAMoDFIGcmVsYXlzEiAKC2NlcnRpZmljYXRlGAwgASgMUgtjZXJ0aWZpY2F0ZRIbCglpc3N1ZWRfYXQY\
        DSABKANSCGlzc3VlZEF0EiMKDWxlYXNlX3NlY29uZHMYDiABKA1SDGxlYXNlU2Vjb25kcxIYCgdsZWF2aW5nGA8g\
        ASgIUgdsZWF2aW5nEh0KCnN0YXJ0ZWRfYXQYECABKANSCXN0YXJ0ZWRBdCIxCgVMYWJlbBISCgRuYW1lGAEgASgJ\
        UgRuYW1lEhQKBXZhbHVlGAIgASgJUgV2YWx1ZSKaAgoJTm9kZVNwZWNzEhwKCXByb2Nlc3NvchgBIAEoCVIJcHJv\
        Y2Vzc29yEhQKBWNvcmVzGAIgASgNUgVjb3JlcxIhCgxtZW1vcnlfYnl0ZXMYAyABKARSC21lbW9yeUJ5dGVzEh0K\
        CmRpc2tfYnl0ZXMYBCABKARSCWRpc2tCeXRlcxIzCghncmFwaGljcxgFIAMoCzIXLmFwdXMudGFibGUudjEuR3Jh\
        cGhpY3NSCGdyYXBoaWNzEhYKBnN5c3RlbRgGIAEoCVIGc3lzdGVtEiIKDGFyY2hpdGVjdHVyZRgHIAEoCVIMYXJj\
        aGl0ZWN0dXJlEiYKD2ZyZWVfZGlza19ieXRlcxgIIAEoBFINZnJlZURpc2tCeXRlcyJZCghHcmFwaGljcxISCgRu\
        YW1lGAEgASgJUgRuYW1lEhYKBnZlbmRvchgCIAEoCVIGdmVuZG9yEiEKDG1lbW9yeV9ieXRlcxgDIAEoBFILbWVt\
        b3J5Qnl0ZXMiRgoMU2lnbmVkUmVjb3JkEhgKB3BheWxvYWQYASABKAxSB3BheWxvYWQSHAoJc2lnbmF0dXJlGAIg\
        ASgMUglzaWduYXR1cmUiiQEKC0dvc3NpcEZyYW1lEjUKCGdyZWV0aW5nGAEgASgLMhcuYXB1cy50YWJsZS52MS5H\
        cmVldGluZ0gAUghncmVldGluZxI4CgdtZXNzYWdlGAIgASgLMhwuYXB1cy50YWJsZS52MS5Hb3NzaXBNZXNzYWdl\
        SABSB21lc3NhZ2VCCQoHY29udGVudCIsCghHcmVldGluZxIgCgtyZXZvY2F0aW9ucxgBIAEoDFILcmV2b2NhdGlv\
        bnMizAYKDUdvc3NpcE1lc3NhZ2USLAoFcHJvYmUYASABKAsyFC5hcHVzLnRhYmxlLnYxLlByb2JlSABSBXByb2Jl\
        EigKA2FjaxgCIAEoCzIULmFwdXMudGFibGUudjEuUHJvYmVIAFIDYWNrEjUKCGluZGlyZWN0GAMgASgLMhcuYXB1\
        cy50YWJsZS52MS5JbmRpcmVjdEgAUghpbmRpcmVjdBI8CgxpbmRpcmVjdF9hY2sYBCABKAsyFy5hcHVzLnRhYmxl\
        LnYxLkluZGlyZWN0SABSC2luZGlyZWN0QWNrEikKBGpvaW4YBSABKAsyEy5hcHVzLnRhYmxlLnYxLkpvaW5IAFIE\
        am9pbhI/Cgxmb3J3YXJkX2pvaW4YBiABKAsyGi5hcHVzLnRhYmxlLnYxLkZvcndhcmRKb2luSABSC2ZvcndhcmRK\
        b2luEjgKCW5laWdoYm91chgHIAEoCzIYLmFwdXMudGFibGUudjEuTmVpZ2hib3VySABSCW5laWdoYm91chJICg9u\
        ZWlnaGJvdXJfcmVwbHkYCCABKAsyHS5hcHVzLnRhYmxlLnYxLk5laWdoYm91clJlcGx5SABSDm5laWdoYm91clJl\
        cGx5EjsKCmRpc2Nvbm5lY3QYCSABKAsyGS5hcHVzLnRhYmxlLnYxLkRpc2Nvbm5lY3RIAFIKZGlzY29ubmVjdBIx\
        CgdzaHVmZmxlGAogASgLMhUuYXB1cy50YWJsZS52MS5TYW1wbGVIAFIHc2h1ZmZsZRI8Cg1zaHVmZmxlX3JlcGx5\
        GAsgASgLMhUuYXB1cy50YWJsZS52MS5TYW1wbGVIAFIMc2h1ZmZsZVJlcGx5EjIKB2NoYW5nZXMYDCABKAsyFi5h\
        cHVzLnRhYmxlLnYxLkNoYW5nZXNIAFIHY2hhbmdlcxIvCgZ3YW50ZWQYDSABKAsyFS5hcHVzLnRhYmxlLnYxLldh\
        bnRlZEgAUgZ3YW50ZWQSNQoHcmVjb3JkcxgUIAMoCzIbLmFwdXMudGFibGUudjEuU2lnbmVkUmVjb3JkUgdyZWNv\
        cmRzEiwKBmNsYWltcxgVIAMoCzIULmFwdXMudGFibGUudjEuQ2xhaW1SBmNsYWltc0IGCgRib2R5ItQBCgVQcm9i\
        ZRIWCgZudW1iZXIYASABKA1SBm51bWJlchIWCgZkaWdlc3QYAiABKAZSBmRpZ2VzdBISCgRsaXZlGAMgASgNUgRs\
        aXZlEhoKCHdhdGNoZXJzGAQgASgNUgh3YXRjaGVycxIWCgZzdHJhaW4YBSABKA1SBnN0cmFpbhIYCgdhY2N1c2Vk\
        GAYgASgEUgdhY2N1c2VkEjkKCmNvb3JkaW5hdGUYByABKAsyGS5hcHVzLnRhYmxlLnYxLkNvb3JkaW5hdGVSCmNv\
        b3JkaW5hdGUiVgoKQ29vcmRpbmF0ZRIaCghwb3NpdGlvbhgBIAMoAlIIcG9zaXRpb24SFgoGaGVpZ2h0GAIgASgC\
        UgZoZWlnaHQSFAoFZXJyb3IYAyABKAJSBWVycm9yIjoKCEluZGlyZWN0EhYKBm51bWJlchgBIAEoDVIGbnVtYmVy\
        EhYKBnRhcmdldBgCIAEoDFIGdGFyZ2V0IgYKBEpvaW4iPQoLRm9yd2FyZEpvaW4SGgoIbmV3Y29tZXIYASABKAxS\
        CG5ld2NvbWVyEhIKBGhvcHMYAiABKA1SBGhvcHMiIwoJTmVpZ2hib3VyEhYKBnVyZ2VudBgBIAEoCFIGdXJnZW50\
        IiwKDk5laWdoYm91clJlcGx5EhoKCGFjY2VwdGVkGAEgASgIUghhY2NlcHRlZCIMCgpEaXNjb25uZWN0Ih4KBlNh\
        bXBsZRIUCgVub2RlcxgBIAMoDFIFbm9kZXMiUAoHQ2hhbmdlcxIvCgdjaGFuZ2VzGAEgAygLMhUuYXB1cy50YWJs\
        ZS52MS5DaGFuZ2VSB2NoYW5nZXMSFAoFcmVwbHkYAiABKAhSBXJlcGx5IkwKBkNoYW5nZRISCgRub2RlGAEgASgM\
        UgRub2RlEhoKCHNlcXVlbmNlGAIgASgEUghzZXF1ZW5jZRISCgRnb25lGAMgASgIUgRnb25lIh4KBldhbnRlZBIU\
        CgVub2RlcxgBIAMoDFIFbm9kZXMitQEKBUNsYWltEhIKBG5vZGUYASABKAxSBG5vZGUSGgoIc2VxdWVuY2UYAiAB\
        KARSCHNlcXVlbmNlEi0KBGtpbmQYAyABKA4yGS5hcHVzLnRhYmxlLnYxLkNsYWltLktpbmRSBGtpbmQSDgoCYnkY\
        BCABKAxSAmJ5Ij0KBEtpbmQSFAoQS0lORF9VTlNQRUNJRklFRBAAEhAKDEtJTkRfU1VTUEVDVBABEg0KCUtJTkRf\
        REVBRBACMlwKBkdvc3NpcBJSCghFeGNoYW5nZRIaLmFwdXMudGFibGUudjEuR29zc2lwRnJhbWUaGi5hcHVzLnRh\
        YmxlLnYxLkdvc3NpcEZyYW1lIgqKtRgGZ29zc2lwKAEwATJoCgdSZWNvcmRzEl0KCVJlY29uY2lsZRIfLmFwdXMu\
        dGFibGUudjEuUmVjb3JkQ29tcGFyaXNvbhofLmFwdXMudGFibGUudjEuUmVjb3JkQ29tcGFyaXNvbiIKirUYBmdv\
        c3NpcCgBMAEySwoFTG9hZHMSQgoDTm93EhouYXB1cy50YWJsZS52MS5Mb2FkUmVxdWVzdBoTLmFwdXMudGFibGUu\
        djEuTG9hZCIKirUYBmdvc3NpcGIGcHJvdG8z
        """),
    FileDescription(
      "apus/topics/v1/topics.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.topics.v1.Topics \
        apus.topics.v1.Topics.Publish \
        apus.topics.v1.Topics.Subscribe \
        apus.topics.v1.Topics.Acknowledge \
        apus.topics.v1.Topics.Subscriptions \
        apus.topics.v1.Topics.Unsubscribe \
        apus.topics.v1.Topics.List \
        apus.topics.v1.TopicExchange \
        apus.topics.v1.TopicExchange.Exchange \
        apus.topics.v1.PublishRequest \
        apus.topics.v1.PublishReply \
        apus.topics.v1.SubscribeRequest \
        apus.topics.v1.Delivery \
        apus.topics.v1.AcknowledgeRequest \
        apus.topics.v1.AcknowledgeReply \
        apus.topics.v1.SubscriptionsRequest \
        apus.topics.v1.SubscriptionsReply \
        apus.topics.v1.SubscriptionState \
        apus.topics.v1.UnsubscribeRequest \
        apus.topics.v1.UnsubscribeReply \
        apus.topics.v1.ListRequest \
        apus.topics.v1.ListReply \
        apus.topics.v1.TopicState \
        apus.topics.v1.Position \
        apus.topics.v1.TopicMessage \
        apus.topics.v1.Publication \
        apus.topics.v1.Attachment \
        apus.topics.v1.Detachment \
        apus.topics.v1.HeldDelivery \
        apus.topics.v1.Forget \
        apus.topics.v1.Forgotten \
        apus.topics.v1.Acknowledgement \
        apus.topics.v1.Copy \
        apus.topics.v1.Naming \
        apus.topics.v1.Copied \
        apus.topics.v1.Check \
        apus.topics.v1.CutOff 
        """,
      base64: """
        ChthcHVzL3RvcGljcy92MS90b3BpY3MucHJvdG8SDmFwdXMudG9waWNzLnYxGhJhcHVzL29wdGlvbnMucHJvdG8i\
        WQoOUHVibGlzaFJlcXVlc3QSFAoFdG9waWMYASABKAlSBXRvcGljEhgKB3BheWxvYWQYAiABKAxSB3BheWxvYWQS\
        FwoHaXNfa2VwdBgDIAEoCFIGaXNLZXB0IkQKDFB1Ymxpc2hSZXBseRI0Cghwb3NpdGlvbhgBIAEoCzIYLmFwdXMu\
        dG9waWNzLnYxLlBvc2l0aW9uUghwb3NpdGlvbiI8ChBTdWJzY3JpYmVSZXF1ZXN0EhQKBXRvcGljGAEgASgJUgV0\
        b3BpYxISCgRuYW1lGAIgASgJUgRuYW1lInMKCERlbGl2ZXJ5EjQKCHBvc2l0aW9uGAEgASgLMhguYXB1cy50b3Bp\
        Y3MudjEuUG9zaXRpb25SCHBvc2l0aW9uEhcKB2lzX2tlcHQYAiABKAhSBmlzS2VwdBIYCgdwYXlsb2FkGAMgASgM\
        UgdwYXlsb2FkInQKEkFja25vd2xlZGdlUmVxdWVzdBIUCgV0b3BpYxgBIAEoCVIFdG9waWMSEgoEbmFtZRgCIAEo\
        CVIEbmFtZRI0Cghwb3NpdGlvbhgDIAEoCzIYLmFwdXMudG9waWNzLnYxLlBvc2l0aW9uUghwb3NpdGlvbiISChBB\
        Y2tub3dsZWRnZVJlcGx5IkkKFFN1YnNjcmlwdGlvbnNSZXF1ZXN0EhQKBXRvcGljGAEgASgJUgV0b3BpYxIbCglo\
        ZXJlX29ubHkYAiABKAhSCGhlcmVPbmx5Il0KElN1YnNjcmlwdGlvbnNSZXBseRJHCg1zdWJzY3JpcHRpb25zGAEg\
        AygLMiEuYXB1cy50b3BpY3MudjEuU3Vic2NyaXB0aW9uU3RhdGVSDXN1YnNjcmlwdGlvbnMiWgoRU3Vic2NyaXB0\
        aW9uU3RhdGUSEgoEbmFtZRgBIAEoCVIEbmFtZRIYCgd3YWl0aW5nGAIgASgEUgd3YWl0aW5nEhcKB3JlYWRfYXQY\
        AyABKAxSBnJlYWRBdCI+ChJVbnN1YnNjcmliZVJlcXVlc3QSFAoFdG9waWMYASABKAlSBXRvcGljEhIKBG5hbWUY\
        AiABKAlSBG5hbWUiEgoQVW5zdWJzY3JpYmVSZXBseSINCgtMaXN0UmVxdWVzdCI/CglMaXN0UmVwbHkSMgoGdG9w\
        aWNzGAEgAygLMhouYXB1cy50b3BpY3MudjEuVG9waWNTdGF0ZVIGdG9waWNzIqUBCgpUb3BpY1N0YXRlEhQKBXRv\
        cGljGAEgASgJUgV0b3BpYxIXCgdpc19oZWxkGAIgASgIUgZpc0hlbGQSGgoIbWVzc2FnZXMYAyABKARSCG1lc3Nh\
        Z2VzEhQKBWJ5dGVzGAQgASgEUgVieXRlcxIUCgVuYW1lcxgFIAMoCVIFbmFtZXMSIAoLc3Vic2NyaWJlcnMYBiAB\
        KA1SC3N1YnNjcmliZXJzIlgKCFBvc2l0aW9uEhwKCXB1Ymxpc2hlchgBIAEoDFIJcHVibGlzaGVyEhIKBGJvb3QY\
        AiABKAZSBGJvb3QSGgoIc2VxdWVuY2UYAyABKARSCHNlcXVlbmNlIqYGCgxUb3BpY01lc3NhZ2USFAoFdG9waWMY\
        ASABKAlSBXRvcGljEjcKB3B1Ymxpc2gYAiABKAsyGy5hcHVzLnRvcGljcy52MS5QdWJsaWNhdGlvbkgAUgdwdWJs\
        aXNoEjYKCGFjY2VwdGVkGAMgASgLMhguYXB1cy50b3BpY3MudjEuUG9zaXRpb25IAFIIYWNjZXB0ZWQSMgoGYmVo\
        aW5kGAQgASgLMhguYXB1cy50b3BpY3MudjEuUG9zaXRpb25IAFIGYmVoaW5kEjQKBmF0dGFjaBgFIAEoCzIaLmFw\
        dXMudG9waWNzLnYxLkF0dGFjaG1lbnRIAFIGYXR0YWNoEjQKBmRldGFjaBgGIAEoCzIaLmFwdXMudG9waWNzLnYx\
        LkRldGFjaG1lbnRIAFIGZGV0YWNoEjgKB2RlbGl2ZXIYByABKAsyHC5hcHVzLnRvcGljcy52MS5IZWxkRGVsaXZl\
        cnlIAFIHZGVsaXZlchJDCgthY2tub3dsZWRnZRgIIAEoCzIfLmFwdXMudG9waWNzLnYxLkFja25vd2xlZGdlbWVu\
        dEgAUgthY2tub3dsZWRnZRIqCgRjb3B5GAkgASgLMhQuYXB1cy50b3BpY3MudjEuQ29weUgAUgRjb3B5EjAKBmNv\
        cGllZBgKIAEoCzIWLmFwdXMudG9waWNzLnYxLkNvcGllZEgAUgZjb3BpZWQSMQoHY3V0X29mZhgLIAEoCzIWLmFw\
        dXMudG9waWNzLnYxLkN1dE9mZkgAUgZjdXRPZmYSOAoIYXR0YWNoZWQYDCABKAsyGi5hcHVzLnRvcGljcy52MS5B\
        dHRhY2htZW50SABSCGF0dGFjaGVkEi0KBWNoZWNrGA0gASgLMhUuYXB1cy50b3BpY3MudjEuQ2hlY2tIAFIFY2hl\
        Y2sSMAoGZm9yZ2V0GA4gASgLMhYuYXB1cy50b3BpY3MudjEuRm9yZ2V0SABSBmZvcmdldBI5Cglmb3Jnb3R0ZW4Y\
        DyABKAsyGS5hcHVzLnRvcGljcy52MS5Gb3Jnb3R0ZW5IAFIJZm9yZ290dGVuQgkKB21lc3NhZ2UijAEKC1B1Ymxp\
        Y2F0aW9uEjQKCHBvc2l0aW9uGAEgASgLMhguYXB1cy50b3BpY3MudjEuUG9zaXRpb25SCHBvc2l0aW9uEhcKB2lz\
        X2tlcHQYAiABKAhSBmlzS2VwdBIYCgdwYXlsb2FkGAMgASgMUgdwYXlsb2FkEhQKBWZsb29yGAQgASgEUgVmbG9v\
        ciIgCgpBdHRhY2htZW50EhIKBG5hbWUYASABKAlSBG5hbWUiIAoKRGV0YWNobWVudBISCgRuYW1lGAEgASgJUgRu\
        YW1lItcBCgxIZWxkRGVsaXZlcnkSEgoEbmFtZRgBIAEoCVIEbmFtZRI0Cghwb3NpdGlvbhgCIAEoCzIYLmFwdXMu\
        dG9waWNzLnYxLlBvc2l0aW9uUghwb3NpdGlvbhIXCgdpc19rZXB0GAMgASgIUgZpc0tlcHQSGAoHcGF5bG9hZBgE\
        IAEoDFIHcGF5bG9hZBIUCgVhZnRlchgFIAEoBFIFYWZ0ZXISIgoMYWNrbm93bGVkZ2VkGAYgASgEUgxhY2tub3ds\
        ZWRnZWQSEAoDZXJhGAcgASgEUgNlcmEiNgoGRm9yZ2V0EhgKB3JlcXVlc3QYASABKAZSB3JlcXVlc3QSEgoEbmFt\
        ZRgCIAEoCVIEbmFtZSJCCglGb3Jnb3R0ZW4SGAoHcmVxdWVzdBgBIAEoBlIHcmVxdWVzdBIbCgl3YXNfdGhlcmUY\
        AiABKAhSCHdhc1RoZXJlIlsKD0Fja25vd2xlZGdlbWVudBISCgRuYW1lGAEgASgJUgRuYW1lEjQKCHBvc2l0aW9u\
        GAIgASgLMhguYXB1cy50b3BpY3MudjEuUG9zaXRpb25SCHBvc2l0aW9uIqECCgRDb3B5EhgKB3JlcXVlc3QYASAB\
        KAZSB3JlcXVlc3QSNwoIbWVzc2FnZXMYAiADKAsyGy5hcHVzLnRvcGljcy52MS5QdWJsaWNhdGlvblIIbWVzc2Fn\
        ZXMSMgoHc3RyZWFtcxgDIAMoCzIYLmFwdXMudG9waWNzLnYxLlBvc2l0aW9uUgdzdHJlYW1zEkUKDXN1YnNjcmlw\
        dGlvbnMYBCADKAsyHy5hcHVzLnRvcGljcy52MS5BY2tub3dsZWRnZW1lbnRSDXN1YnNjcmlwdGlvbnMSLAoFbmFt\
        ZXMYByADKAsyFi5hcHVzLnRvcGljcy52MS5OYW1pbmdSBW5hbWVzEhcKB2lzX2xhc3QYBiABKAhSBmlzTGFzdEoE\
        CAUQBiIuCgZOYW1pbmcSEgoEbmFtZRgBIAEoCVIEbmFtZRIQCgNlcmEYAiABKARSA2VyYSIiCgZDb3BpZWQSGAoH\
        cmVxdWVzdBgBIAEoBlIHcmVxdWVzdCIHCgVDaGVjayI0CgZDdXRPZmYSEgoEbmFtZRgBIAEoCVIEbmFtZRIWCgZy\
        ZWFzb24YAiABKAlSBnJlYXNvbjLjBAoGVG9waWNzElsKB1B1Ymxpc2gSHi5hcHVzLnRvcGljcy52MS5QdWJsaXNo\
        UmVxdWVzdBocLmFwdXMudG9waWNzLnYxLlB1Ymxpc2hSZXBseSISirUYDnRvcGljcy5wdWJsaXNoEl8KCVN1YnNj\
        cmliZRIgLmFwdXMudG9waWNzLnYxLlN1YnNjcmliZVJlcXVlc3QaGC5hcHVzLnRvcGljcy52MS5EZWxpdmVyeSIU\
        irUYEHRvcGljcy5zdWJzY3JpYmUwARJpCgtBY2tub3dsZWRnZRIiLmFwdXMudG9waWNzLnYxLkFja25vd2xlZGdl\
        UmVxdWVzdBogLmFwdXMudG9waWNzLnYxLkFja25vd2xlZGdlUmVwbHkiFIq1GBB0b3BpY3Muc3Vic2NyaWJlEm8K\
        DVN1YnNjcmlwdGlvbnMSJC5hcHVzLnRvcGljcy52MS5TdWJzY3JpcHRpb25zUmVxdWVzdBoiLmFwdXMudG9waWNz\
        LnYxLlN1YnNjcmlwdGlvbnNSZXBseSIUirUYEHRvcGljcy5zdWJzY3JpYmUSaQoLVW5zdWJzY3JpYmUSIi5hcHVz\
        LnRvcGljcy52MS5VbnN1YnNjcmliZVJlcXVlc3QaIC5hcHVzLnRvcGljcy52MS5VbnN1YnNjcmliZVJlcGx5IhSK\
        tRgQdG9waWNzLnN1YnNjcmliZRJUCgRMaXN0EhsuYXB1cy50b3BpY3MudjEuTGlzdFJlcXVlc3QaGS5hcHVzLnRv\
        cGljcy52MS5MaXN0UmVwbHkiFIq1GBB0b3BpY3Muc3Vic2NyaWJlMnAKDVRvcGljRXhjaGFuZ2USXwoIRXhjaGFu\
        Z2USHC5hcHVzLnRvcGljcy52MS5Ub3BpY01lc3NhZ2UaHC5hcHVzLnRvcGljcy52MS5Ub3BpY01lc3NhZ2UiE4q1\
        GA90b3BpY3MuZXhjaGFuZ2UoATABYgZwcm90bzM
        """),
    FileDescription(
      "apus/traversal/v1/traversal.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.traversal.v1.Traversal \
        apus.traversal.v1.Traversal.Observe \
        apus.traversal.v1.Traversal.Punch \
        apus.traversal.v1.PunchReply \
        apus.traversal.v1.ObserveRequest \
        apus.traversal.v1.ObserveReply \
        apus.traversal.v1.PunchMessage \
        apus.traversal.v1.PunchMessage.Kind 
        """,
      base64: """
        CiFhcHVzL3RyYXZlcnNhbC92MS90cmF2ZXJzYWwucHJvdG8SEWFwdXMudHJhdmVyc2FsLnYxGhJhcHVzL29wdGlv\
        bnMucHJvdG8iDAoKUHVuY2hSZXBseSIQCg5PYnNlcnZlUmVxdWVzdCJFCgxPYnNlcnZlUmVwbHkSGAoHYWRkcmVz\
        cxgBIAEoCVIHYWRkcmVzcxIbCgllY2hvX3BvcnQYAiABKA1SCGVjaG9Qb3J0IqsCCgxQdW5jaE1lc3NhZ2USOAoE\
        a2luZBgBIAEoDjIkLmFwdXMudHJhdmVyc2FsLnYxLlB1bmNoTWVzc2FnZS5LaW5kUgRraW5kEhQKBXJvdW5kGAIg\
        ASgNUgVyb3VuZBIcCglhZGRyZXNzZXMYAyADKAlSCWFkZHJlc3NlcxIWCgZyZWFzb24YBCABKAlSBnJlYXNvbhIr\
        ChFoZWxkX21pY3Jvc2Vjb25kcxgFIAEoBFIQaGVsZE1pY3Jvc2Vjb25kcyJoCgRLaW5kEhQKEEtJTkRfVU5TUEVD\
        SUZJRUQQABINCglLSU5EX1dJU0gQARIOCgpLSU5EX09GRkVSEAISDwoLS0lORF9BTlNXRVIQAxILCgdLSU5EX0dP\
        EAQSDQoJS0lORF9TVE9QEAUyvwEKCVRyYXZlcnNhbBJbCgdPYnNlcnZlEiEuYXB1cy50cmF2ZXJzYWwudjEuT2Jz\
        ZXJ2ZVJlcXVlc3QaHy5hcHVzLnRyYXZlcnNhbC52MS5PYnNlcnZlUmVwbHkiDIq1GAh0cmF2ZXJzZRJVCgVQdW5j\
        aBIfLmFwdXMudHJhdmVyc2FsLnYxLlB1bmNoTWVzc2FnZRodLmFwdXMudHJhdmVyc2FsLnYxLlB1bmNoUmVwbHki\
        DIq1GAh0cmF2ZXJzZWIGcHJvdG8z
        """),
    FileDescription(
      "apus/zones/v1/zones.proto", dependencies: ["apus/options.proto"],
      names: """
        apus.zones.v1.Zones \
        apus.zones.v1.Zones.Exchange \
        apus.zones.v1.ZoneMessage \
        apus.zones.v1.MapOffer \
        apus.zones.v1.Decisions \
        apus.zones.v1.Decision \
        apus.zones.v1.Prefix \
        apus.zones.v1.Entry \
        apus.zones.v1.Put \
        apus.zones.v1.Stored \
        apus.zones.v1.Find \
        apus.zones.v1.Found \
        apus.zones.v1.Comparison 
        """,
      base64: """
        ChlhcHVzL3pvbmVzL3YxL3pvbmVzLnByb3RvEg1hcHVzLnpvbmVzLnYxGhJhcHVzL29wdGlvbnMucHJvdG8irAMK\
        C1pvbmVNZXNzYWdlEjYKCW1hcF9vZmZlchgBIAEoCzIXLmFwdXMuem9uZXMudjEuTWFwT2ZmZXJIAFIIbWFwT2Zm\
        ZXISOAoJZGVjaXNpb25zGAIgASgLMhguYXB1cy56b25lcy52MS5EZWNpc2lvbnNIAFIJZGVjaXNpb25zEiYKA3B1\
        dBgDIAEoCzISLmFwdXMuem9uZXMudjEuUHV0SABSA3B1dBIvCgZzdG9yZWQYBCABKAsyFS5hcHVzLnpvbmVzLnYx\
        LlN0b3JlZEgAUgZzdG9yZWQSKQoEZmluZBgFIAEoCzITLmFwdXMuem9uZXMudjEuRmluZEgAUgRmaW5kEiwKBWZv\
        dW5kGAYgASgLMhQuYXB1cy56b25lcy52MS5Gb3VuZEgAUgVmb3VuZBI1Cgdjb21wYXJlGAcgASgLMhkuYXB1cy56\
        b25lcy52MS5Db21wYXJpc29uSABSB2NvbXBhcmUSNwoIY29tcGFyZWQYCCABKAsyGS5hcHVzLnpvbmVzLnYxLkNv\
        bXBhcmlzb25IAFIIY29tcGFyZWRCCQoHbWVzc2FnZSIsCghNYXBPZmZlchIgCgtmaW5nZXJwcmludBgBIAEoBlIL\
        ZmluZ2VycHJpbnQiQgoJRGVjaXNpb25zEjUKCWRlY2lzaW9ucxgBIAMoCzIXLmFwdXMuem9uZXMudjEuRGVjaXNp\
        b25SCWRlY2lzaW9ucyJsCghEZWNpc2lvbhItCgZwcmVmaXgYASABKAsyFS5hcHVzLnpvbmVzLnYxLlByZWZpeFIG\
        cHJlZml4EhYKBm51bWJlchgCIAEoDVIGbnVtYmVyEhkKCGlzX3NwbGl0GAMgASgIUgdpc1NwbGl0IjQKBlByZWZp\
        eBISCgRiaXRzGAEgASgGUgRiaXRzEhYKBmxlbmd0aBgCIAEoDVIGbGVuZ3RoIscBCgVFbnRyeRIQCgNrZXkYASAB\
        KAxSA2tleRIYCgd2ZXJzaW9uGAIgASgEUgd2ZXJzaW9uEh0KCmV4cGlyZXNfYXQYAyABKANSCWV4cGlyZXNBdBId\
        Cgppc19yZW1vdmVkGAQgASgIUglpc1JlbW92ZWQSGAoHcGF5bG9hZBgFIAEoDFIHcGF5bG9hZBIcCglwdWJsaXNo\
        ZXIYBiABKAxSCXB1Ymxpc2hlchIcCglzaWduYXR1cmUYByABKAxSCXNpZ25hdHVyZSJPCgNQdXQSGAoHcmVxdWVz\
        dBgBIAEoBlIHcmVxdWVzdBIuCgdlbnRyaWVzGAIgAygLMhQuYXB1cy56b25lcy52MS5FbnRyeVIHZW50cmllcyIi\
        CgZTdG9yZWQSGAoHcmVxdWVzdBgBIAEoBlIHcmVxdWVzdCJiCgRGaW5kEhgKB3JlcXVlc3QYASABKAZSB3JlcXVl\
        c3QSFAoFbG93ZXIYAiABKAxSBWxvd2VyEhQKBXVwcGVyGAMgASgMUgV1cHBlchIUCgVsaW1pdBgEIAEoDVIFbGlt\
        aXQicAoFRm91bmQSGAoHcmVxdWVzdBgBIAEoBlIHcmVxdWVzdBIuCgdlbnRyaWVzGAIgAygLMhQuYXB1cy56b25l\
        cy52MS5FbnRyeVIHZW50cmllcxIdCgppc19zZXR0bGVkGAMgASgIUglpc1NldHRsZWQi2AEKCkNvbXBhcmlzb24S\
        GAoHc2Vzc2lvbhgBIAEoBlIHc2Vzc2lvbhIWCgZudW1iZXIYAiABKA1SBm51bWJlchItCgZwcmVmaXgYAyABKAsy\
        FS5hcHVzLnpvbmVzLnYxLlByZWZpeFIGcHJlZml4Eh8KC2lzX2hhbmRvdmVyGAQgASgIUgppc0hhbmRvdmVyEhgK\
        B21lc3NhZ2UYBSABKAxSB21lc3NhZ2USLgoHZW50cmllcxgGIAMoCzIULmFwdXMuem9uZXMudjEuRW50cnlSB2Vu\
        dHJpZXMyWgoFWm9uZXMSUQoIRXhjaGFuZ2USGi5hcHVzLnpvbmVzLnYxLlpvbmVNZXNzYWdlGhouYXB1cy56b25l\
        cy52MS5ab25lTWVzc2FnZSIJirUYBXpvbmVzKAEwAWIGcHJvdG8z
        """),
    FileDescription(
      "google/protobuf/any.proto", dependencies: [],
      names: """
        google.protobuf.Any 
        """,
      base64: """
        Chlnb29nbGUvcHJvdG9idWYvYW55LnByb3RvEg9nb29nbGUucHJvdG9idWYiNgoDQW55EhkKCHR5cGVfdXJsGAEg\
        ASgJUgd0eXBlVXJsEhQKBXZhbHVlGAIgASgMUgV2YWx1ZUJ2ChNjb20uZ29vZ2xlLnByb3RvYnVmQghBbnlQcm90\
        b1ABWixnb29nbGUuZ29sYW5nLm9yZy9wcm90b2J1Zi90eXBlcy9rbm93bi9hbnlwYqICA0dQQqoCHkdvb2dsZS5Q\
        cm90b2J1Zi5XZWxsS25vd25UeXBlc2IGcHJvdG8z
        """),
    FileDescription(
      "google/rpc/status.proto", dependencies: ["google/protobuf/any.proto"],
      names: """
        google.rpc.Status 
        """,
      base64: """
        Chdnb29nbGUvcnBjL3N0YXR1cy5wcm90bxIKZ29vZ2xlLnJwYxoZZ29vZ2xlL3Byb3RvYnVmL2FueS5wcm90byJm\
        CgZTdGF0dXMSEgoEY29kZRgBIAEoBVIEY29kZRIYCgdtZXNzYWdlGAIgASgJUgdtZXNzYWdlEi4KB2RldGFpbHMY\
        AyADKAsyFC5nb29nbGUucHJvdG9idWYuQW55UgdkZXRhaWxzYgZwcm90bzM
        """),
    FileDescription(
      "grpc/health/v1/health.proto", dependencies: ["apus/options.proto"],
      names: """
        grpc.health.v1.Health \
        grpc.health.v1.Health.Check \
        grpc.health.v1.Health.Watch \
        grpc.health.v1.HealthCheckRequest \
        grpc.health.v1.HealthCheckResponse \
        grpc.health.v1.HealthCheckResponse.ServingStatus 
        """,
      base64: """
        ChtncnBjL2hlYWx0aC92MS9oZWFsdGgucHJvdG8SDmdycGMuaGVhbHRoLnYxGhJhcHVzL29wdGlvbnMucHJvdG8i\
        LgoSSGVhbHRoQ2hlY2tSZXF1ZXN0EhgKB3NlcnZpY2UYASABKAlSB3NlcnZpY2UisQEKE0hlYWx0aENoZWNrUmVz\
        cG9uc2USSQoGc3RhdHVzGAEgASgOMjEuZ3JwYy5oZWFsdGgudjEuSGVhbHRoQ2hlY2tSZXNwb25zZS5TZXJ2aW5n\
        U3RhdHVzUgZzdGF0dXMiTwoNU2VydmluZ1N0YXR1cxILCgdVTktOT1dOEAASCwoHU0VSVklORxABEg8KC05PVF9T\
        RVJWSU5HEAISEwoPU0VSVklDRV9VTktOT1dOEAMyzAEKBkhlYWx0aBJfCgVDaGVjaxIiLmdycGMuaGVhbHRoLnYx\
        LkhlYWx0aENoZWNrUmVxdWVzdBojLmdycGMuaGVhbHRoLnYxLkhlYWx0aENoZWNrUmVzcG9uc2UiDYq1GAlyZWFk\
        aW5lc3MSYQoFV2F0Y2gSIi5ncnBjLmhlYWx0aC52MS5IZWFsdGhDaGVja1JlcXVlc3QaIy5ncnBjLmhlYWx0aC52\
        MS5IZWFsdGhDaGVja1Jlc3BvbnNlIg2KtRgJcmVhZGluZXNzMAFiBnByb3RvMw
        """),
    FileDescription(
      "grpc/reflection/v1/reflection.proto", dependencies: ["apus/options.proto"],
      names: """
        grpc.reflection.v1.ServerReflection \
        grpc.reflection.v1.ServerReflection.ServerReflectionInfo \
        grpc.reflection.v1.ServerReflectionRequest \
        grpc.reflection.v1.ExtensionRequest \
        grpc.reflection.v1.ServerReflectionResponse \
        grpc.reflection.v1.FileDescriptorResponse \
        grpc.reflection.v1.ExtensionNumberResponse \
        grpc.reflection.v1.ListServiceResponse \
        grpc.reflection.v1.ServiceResponse \
        grpc.reflection.v1.ErrorResponse 
        """,
      base64: """
        CiNncnBjL3JlZmxlY3Rpb24vdjEvcmVmbGVjdGlvbi5wcm90bxISZ3JwYy5yZWZsZWN0aW9uLnYxGhJhcHVzL29w\
        dGlvbnMucHJvdG8i8wIKF1NlcnZlclJlZmxlY3Rpb25SZXF1ZXN0EhIKBGhvc3QYASABKAlSBGhvc3QSKgoQZmls\
        ZV9ieV9maWxlbmFtZRgDIAEoCUgAUg5maWxlQnlGaWxlbmFtZRI2ChZmaWxlX2NvbnRhaW5pbmdfc3ltYm9sGAQg\
        ASgJSABSFGZpbGVDb250YWluaW5nU3ltYm9sEmIKGWZpbGVfY29udGFpbmluZ19leHRlbnNpb24YBSABKAsyJC5n\
        cnBjLnJlZmxlY3Rpb24udjEuRXh0ZW5zaW9uUmVxdWVzdEgAUhdmaWxlQ29udGFpbmluZ0V4dGVuc2lvbhJCCh1h\
        bGxfZXh0ZW5zaW9uX251bWJlcnNfb2ZfdHlwZRgGIAEoCUgAUhlhbGxFeHRlbnNpb25OdW1iZXJzT2ZUeXBlEiUK\
        DWxpc3Rfc2VydmljZXMYByABKAlIAFIMbGlzdFNlcnZpY2VzQhEKD21lc3NhZ2VfcmVxdWVzdCJmChBFeHRlbnNp\
        b25SZXF1ZXN0EicKD2NvbnRhaW5pbmdfdHlwZRgBIAEoCVIOY29udGFpbmluZ1R5cGUSKQoQZXh0ZW5zaW9uX251\
        bWJlchgCIAEoBVIPZXh0ZW5zaW9uTnVtYmVyIq4EChhTZXJ2ZXJSZWZsZWN0aW9uUmVzcG9uc2USHQoKdmFsaWRf\
        aG9zdBgBIAEoCVIJdmFsaWRIb3N0ElYKEG9yaWdpbmFsX3JlcXVlc3QYAiABKAsyKy5ncnBjLnJlZmxlY3Rpb24u\
        djEuU2VydmVyUmVmbGVjdGlvblJlcXVlc3RSD29yaWdpbmFsUmVxdWVzdBJmChhmaWxlX2Rlc2NyaXB0b3JfcmVz\
        cG9uc2UYBCABKAsyKi5ncnBjLnJlZmxlY3Rpb24udjEuRmlsZURlc2NyaXB0b3JSZXNwb25zZUgAUhZmaWxlRGVz\
        Y3JpcHRvclJlc3BvbnNlEnIKHmFsbF9leHRlbnNpb25fbnVtYmVyc19yZXNwb25zZRgFIAEoCzIrLmdycGMucmVm\
        bGVjdGlvbi52MS5FeHRlbnNpb25OdW1iZXJSZXNwb25zZUgAUhthbGxFeHRlbnNpb25OdW1iZXJzUmVzcG9uc2US\
        XwoWbGlzdF9zZXJ2aWNlc19yZXNwb25zZRgGIAEoCzInLmdycGMucmVmbGVjdGlvbi52MS5MaXN0U2VydmljZVJl\
        c3BvbnNlSABSFGxpc3RTZXJ2aWNlc1Jlc3BvbnNlEkoKDmVycm9yX3Jlc3BvbnNlGAcgASgLMiEuZ3JwYy5yZWZs\
        ZWN0aW9uLnYxLkVycm9yUmVzcG9uc2VIAFINZXJyb3JSZXNwb25zZUISChBtZXNzYWdlX3Jlc3BvbnNlIkwKFkZp\
        bGVEZXNjcmlwdG9yUmVzcG9uc2USMgoVZmlsZV9kZXNjcmlwdG9yX3Byb3RvGAEgAygMUhNmaWxlRGVzY3JpcHRv\
        clByb3RvImoKF0V4dGVuc2lvbk51bWJlclJlc3BvbnNlEiQKDmJhc2VfdHlwZV9uYW1lGAEgASgJUgxiYXNlVHlw\
        ZU5hbWUSKQoQZXh0ZW5zaW9uX251bWJlchgCIAMoBVIPZXh0ZW5zaW9uTnVtYmVyIlQKE0xpc3RTZXJ2aWNlUmVz\
        cG9uc2USPQoHc2VydmljZRgBIAMoCzIjLmdycGMucmVmbGVjdGlvbi52MS5TZXJ2aWNlUmVzcG9uc2VSB3NlcnZp\
        Y2UiJQoPU2VydmljZVJlc3BvbnNlEhIKBG5hbWUYASABKAlSBG5hbWUiUwoNRXJyb3JSZXNwb25zZRIdCgplcnJv\
        cl9jb2RlGAEgASgFUgllcnJvckNvZGUSIwoNZXJyb3JfbWVzc2FnZRgCIAEoCVIMZXJyb3JNZXNzYWdlMpoBChBT\
        ZXJ2ZXJSZWZsZWN0aW9uEoUBChRTZXJ2ZXJSZWZsZWN0aW9uSW5mbxIrLmdycGMucmVmbGVjdGlvbi52MS5TZXJ2\
        ZXJSZWZsZWN0aW9uUmVxdWVzdBosLmdycGMucmVmbGVjdGlvbi52MS5TZXJ2ZXJSZWZsZWN0aW9uUmVzcG9uc2Ui\
        Doq1GApyZWZsZWN0aW9uKAEwAWIGcHJvdG8z
        """),
    FileDescription(
      "grpc/reflection/v1alpha/reflection.proto", dependencies: ["apus/options.proto"],
      names: """
        grpc.reflection.v1alpha.ServerReflection \
        grpc.reflection.v1alpha.ServerReflection.ServerReflectionInfo \
        grpc.reflection.v1alpha.ServerReflectionRequest \
        grpc.reflection.v1alpha.ExtensionRequest \
        grpc.reflection.v1alpha.ServerReflectionResponse \
        grpc.reflection.v1alpha.FileDescriptorResponse \
        grpc.reflection.v1alpha.ExtensionNumberResponse \
        grpc.reflection.v1alpha.ListServiceResponse \
        grpc.reflection.v1alpha.ServiceResponse \
        grpc.reflection.v1alpha.ErrorResponse 
        """,
      base64: """
        CihncnBjL3JlZmxlY3Rpb24vdjFhbHBoYS9yZWZsZWN0aW9uLnByb3RvEhdncnBjLnJlZmxlY3Rpb24udjFhbHBo\
        YRoSYXB1cy9vcHRpb25zLnByb3RvIvgCChdTZXJ2ZXJSZWZsZWN0aW9uUmVxdWVzdBISCgRob3N0GAEgASgJUgRo\
        b3N0EioKEGZpbGVfYnlfZmlsZW5hbWUYAyABKAlIAFIOZmlsZUJ5RmlsZW5hbWUSNgoWZmlsZV9jb250YWluaW5n\
        X3N5bWJvbBgEIAEoCUgAUhRmaWxlQ29udGFpbmluZ1N5bWJvbBJnChlmaWxlX2NvbnRhaW5pbmdfZXh0ZW5zaW9u\
        GAUgASgLMikuZ3JwYy5yZWZsZWN0aW9uLnYxYWxwaGEuRXh0ZW5zaW9uUmVxdWVzdEgAUhdmaWxlQ29udGFpbmlu\
        Z0V4dGVuc2lvbhJCCh1hbGxfZXh0ZW5zaW9uX251bWJlcnNfb2ZfdHlwZRgGIAEoCUgAUhlhbGxFeHRlbnNpb25O\
        dW1iZXJzT2ZUeXBlEiUKDWxpc3Rfc2VydmljZXMYByABKAlIAFIMbGlzdFNlcnZpY2VzQhEKD21lc3NhZ2VfcmVx\
        dWVzdCJmChBFeHRlbnNpb25SZXF1ZXN0EicKD2NvbnRhaW5pbmdfdHlwZRgBIAEoCVIOY29udGFpbmluZ1R5cGUS\
        KQoQZXh0ZW5zaW9uX251bWJlchgCIAEoBVIPZXh0ZW5zaW9uTnVtYmVyIscEChhTZXJ2ZXJSZWZsZWN0aW9uUmVz\
        cG9uc2USHQoKdmFsaWRfaG9zdBgBIAEoCVIJdmFsaWRIb3N0ElsKEG9yaWdpbmFsX3JlcXVlc3QYAiABKAsyMC5n\
        cnBjLnJlZmxlY3Rpb24udjFhbHBoYS5TZXJ2ZXJSZWZsZWN0aW9uUmVxdWVzdFIPb3JpZ2luYWxSZXF1ZXN0EmsK\
        GGZpbGVfZGVzY3JpcHRvcl9yZXNwb25zZRgEIAEoCzIvLmdycGMucmVmbGVjdGlvbi52MWFscGhhLkZpbGVEZXNj\
        cmlwdG9yUmVzcG9uc2VIAFIWZmlsZURlc2NyaXB0b3JSZXNwb25zZRJ3Ch5hbGxfZXh0ZW5zaW9uX251bWJlcnNf\
        cmVzcG9uc2UYBSABKAsyMC5ncnBjLnJlZmxlY3Rpb24udjFhbHBoYS5FeHRlbnNpb25OdW1iZXJSZXNwb25zZUgA\
        UhthbGxFeHRlbnNpb25OdW1iZXJzUmVzcG9uc2USZAoWbGlzdF9zZXJ2aWNlc19yZXNwb25zZRgGIAEoCzIsLmdy\
        cGMucmVmbGVjdGlvbi52MWFscGhhLkxpc3RTZXJ2aWNlUmVzcG9uc2VIAFIUbGlzdFNlcnZpY2VzUmVzcG9uc2US\
        TwoOZXJyb3JfcmVzcG9uc2UYByABKAsyJi5ncnBjLnJlZmxlY3Rpb24udjFhbHBoYS5FcnJvclJlc3BvbnNlSABS\
        DWVycm9yUmVzcG9uc2VCEgoQbWVzc2FnZV9yZXNwb25zZSJMChZGaWxlRGVzY3JpcHRvclJlc3BvbnNlEjIKFWZp\
        bGVfZGVzY3JpcHRvcl9wcm90bxgBIAMoDFITZmlsZURlc2NyaXB0b3JQcm90byJqChdFeHRlbnNpb25OdW1iZXJS\
        ZXNwb25zZRIkCg5iYXNlX3R5cGVfbmFtZRgBIAEoCVIMYmFzZVR5cGVOYW1lEikKEGV4dGVuc2lvbl9udW1iZXIY\
        AiADKAVSD2V4dGVuc2lvbk51bWJlciJZChNMaXN0U2VydmljZVJlc3BvbnNlEkIKB3NlcnZpY2UYASADKAsyKC5n\
        cnBjLnJlZmxlY3Rpb24udjFhbHBoYS5TZXJ2aWNlUmVzcG9uc2VSB3NlcnZpY2UiJQoPU2VydmljZVJlc3BvbnNl\
        EhIKBG5hbWUYASABKAlSBG5hbWUiUwoNRXJyb3JSZXNwb25zZRIdCgplcnJvcl9jb2RlGAEgASgFUgllcnJvckNv\
        ZGUSIwoNZXJyb3JfbWVzc2FnZRgCIAEoCVIMZXJyb3JNZXNzYWdlMqQBChBTZXJ2ZXJSZWZsZWN0aW9uEo8BChRT\
        ZXJ2ZXJSZWZsZWN0aW9uSW5mbxIwLmdycGMucmVmbGVjdGlvbi52MWFscGhhLlNlcnZlclJlZmxlY3Rpb25SZXF1\
        ZXN0GjEuZ3JwYy5yZWZsZWN0aW9uLnYxYWxwaGEuU2VydmVyUmVmbGVjdGlvblJlc3BvbnNlIg6KtRgKcmVmbGVj\
        dGlvbigBMAFiBnByb3RvMw
        """),
  ]
}
