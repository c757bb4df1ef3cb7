// Written by Scripts/generate-protobuf for server reflection. Do not edit.

package import Calls

extension FileDescription {
  /// Every .proto file behind the generated code and what those import.
  package static let tests = [
    FileDescription(
      "sample.proto", dependencies: [],
      names: """
        apus.sample.v1.Sample \
        apus.sample.v1.Sample.Import \
        apus.sample.v1.Everything \
        apus.sample.v1.Leaf \
        apus.sample.v1.Ping \
        apus.sample.v1.Pong \
        apus.sample.v1.Type \
        apus.sample.v1.Type.String \
        apus.sample.v1.Empty \
        apus.sample.v1.Colour \
        apus.sample.v1.Type.Protocol 
        """,
      base64: """
        CgxzYW1wbGUucHJvdG8SDmFwdXMuc2FtcGxlLnYxIqkRCgpFdmVyeXRoaW5nEhYKBmRvdWJsZRgBIAEoAVIGZG91\
        YmxlEhQKBWZsb2F0GAIgASgCUgVmbG9hdBIUCgVpbnQzMhgDIAEoBVIFaW50MzISFAoFaW50NjQYBCABKANSBWlu\
        dDY0EhYKBnVpbnQzMhgFIAEoDVIGdWludDMyEhYKBnVpbnQ2NBgGIAEoBFIGdWludDY0EhYKBnNpbnQzMhgHIAEo\
        EVIGc2ludDMyEhYKBnNpbnQ2NBgIIAEoElIGc2ludDY0EhgKB2ZpeGVkMzIYCSABKAdSB2ZpeGVkMzISGAoHZml4\
        ZWQ2NBgKIAEoBlIHZml4ZWQ2NBIaCghzZml4ZWQzMhgLIAEoD1IIc2ZpeGVkMzISGgoIc2ZpeGVkNjQYDCABKBBS\
        CHNmaXhlZDY0EhIKBGJvb2wYDSABKAhSBGJvb2wSFgoGc3RyaW5nGA4gASgJUgZzdHJpbmcSFAoFYnl0ZXMYDyAB\
        KAxSBWJ5dGVzEi4KBmNvbG91chgQIAEoDjIWLmFwdXMuc2FtcGxlLnYxLkNvbG91clIGY29sb3VyEigKBGxlYWYY\
        ESABKAsyFC5hcHVzLnNhbXBsZS52MS5MZWFmUgRsZWFmEiwKD29wdGlvbmFsX251bWJlchgUIAEoBUgBUg5vcHRp\
        b25hbE51bWJlcogBARIoCg1vcHRpb25hbF90ZXh0GBUgASgJSAJSDG9wdGlvbmFsVGV4dIgBARIqCg5vcHRpb25h\
        bF9ieXRlcxgWIAEoDEgDUg1vcHRpb25hbEJ5dGVziAEBEkQKD29wdGlvbmFsX2NvbG91chgXIAEoDjIWLmFwdXMu\
        c2FtcGxlLnYxLkNvbG91ckgEUg5vcHRpb25hbENvbG91cogBARI+Cg1vcHRpb25hbF9sZWFmGBggASgLMhQuYXB1\
        cy5zYW1wbGUudjEuTGVhZkgFUgxvcHRpb25hbExlYWaIAQESLAoPb3B0aW9uYWxfZG91YmxlGBkgASgBSAZSDm9w\
        dGlvbmFsRG91YmxliAEBEhgKB2RvdWJsZXMYHiADKAFSB2RvdWJsZXMSFgoGZmxvYXRzGB8gAygCUgZmbG9hdHMS\
        GAoHc2ludDY0cxggIAMoElIHc2ludDY0cxIaCghmaXhlZDMycxghIAMoB1IIZml4ZWQzMnMSFAoFYm9vbHMYIiAD\
        KAhSBWJvb2xzEjAKB2NvbG91cnMYIyADKA4yFi5hcHVzLnNhbXBsZS52MS5Db2xvdXJSB2NvbG91cnMSGAoHc3Ry\
        aW5ncxgkIAMoCVIHc3RyaW5ncxIdCgptYW55X2J5dGVzGCUgAygMUgltYW55Qnl0ZXMSLAoGbGVhdmVzGCYgAygL\
        MhQuYXB1cy5zYW1wbGUudjEuTGVhZlIGbGVhdmVzEh4KCHVucGFja2VkGCcgAygFQgIQAFIIdW5wYWNrZWQSOwoF\
        dGV4dHMYMiADKAsyJS5hcHVzLnNhbXBsZS52MS5FdmVyeXRoaW5nLlRleHRzRW50cnlSBXRleHRzElgKEGxlYXZl\
        c19ieV9udW1iZXIYMyADKAsyLi5hcHVzLnNhbXBsZS52MS5FdmVyeXRoaW5nLkxlYXZlc0J5TnVtYmVyRW50cnlS\
        DmxlYXZlc0J5TnVtYmVyElgKEGNvbG91cnNfYnlfdHJ1dGgYNCADKAsyLi5hcHVzLnNhbXBsZS52MS5FdmVyeXRo\
        aW5nLkNvbG91cnNCeVRydXRoRW50cnlSDmNvbG91cnNCeVRydXRoElUKD2J5dGVzX2J5X251bWJlchg1IAMoCzIt\
        LmFwdXMuc2FtcGxlLnYxLkV2ZXJ5dGhpbmcuQnl0ZXNCeU51bWJlckVudHJ5Ug1ieXRlc0J5TnVtYmVyEiEKC2No\
        b2ljZV90ZXh0GDwgASgJSABSCmNob2ljZVRleHQSNwoLY2hvaWNlX2xlYWYYPSABKAsyFC5hcHVzLnNhbXBsZS52\
        MS5MZWFmSABSCmNob2ljZUxlYWYSSQoRY2hvaWNlX2V2ZXJ5dGhpbmcYPiABKAsyGi5hcHVzLnNhbXBsZS52MS5F\
        dmVyeXRoaW5nSABSEGNob2ljZUV2ZXJ5dGhpbmcSPQoNY2hvaWNlX2NvbG91chg/IAEoDjIWLmFwdXMuc2FtcGxl\
        LnYxLkNvbG91ckgAUgxjaG9pY2VDb2xvdXISJQoNY2hvaWNlX251bWJlchhAIAEoEUgAUgxjaG9pY2VOdW1iZXIS\
        MAoFY2hpbGQYRiABKAsyGi5hcHVzLnNhbXBsZS52MS5FdmVyeXRoaW5nUgVjaGlsZBI2CghjaGlsZHJlbhhHIAMo\
        CzIaLmFwdXMuc2FtcGxlLnYxLkV2ZXJ5dGhpbmdSCGNoaWxkcmVuGjgKClRleHRzRW50cnkSEAoDa2V5GAEgASgJ\
        UgNrZXkSFAoFdmFsdWUYAiABKAlSBXZhbHVlOgI4ARpXChNMZWF2ZXNCeU51bWJlckVudHJ5EhAKA2tleRgBIAEo\
        BVIDa2V5EioKBXZhbHVlGAIgASgLMhQuYXB1cy5zYW1wbGUudjEuTGVhZlIFdmFsdWU6AjgBGlkKE0NvbG91cnNC\
        eVRydXRoRW50cnkSEAoDa2V5GAEgASgIUgNrZXkSLAoFdmFsdWUYAiABKA4yFi5hcHVzLnNhbXBsZS52MS5Db2xv\
        dXJSBXZhbHVlOgI4ARpAChJCeXRlc0J5TnVtYmVyRW50cnkSEAoDa2V5GAEgASgQUgNrZXkSFAoFdmFsdWUYAiAB\
        KAxSBXZhbHVlOgI4AUIICgZjaG9pY2VCEgoQX29wdGlvbmFsX251bWJlckIQCg5fb3B0aW9uYWxfdGV4dEIRCg9f\
        b3B0aW9uYWxfYnl0ZXNCEgoQX29wdGlvbmFsX2NvbG91ckIQCg5fb3B0aW9uYWxfbGVhZkISChBfb3B0aW9uYWxf\
        ZG91YmxlIkYKBExlYWYSFgoGbnVtYmVyGAEgASgFUgZudW1iZXISEgoEdGV4dBgCIAEoCVIEdGV4dBISCgRsaXN0\
        GAMgAygFUgRsaXN0IkYKBFBpbmcSKAoEcG9uZxgBIAEoCzIULmFwdXMuc2FtcGxlLnYxLlBvbmdSBHBvbmcSFAoF\
        Y291bnQYAiABKAVSBWNvdW50IjAKBFBvbmcSKAoEcGluZxgBIAEoCzIULmFwdXMuc2FtcGxlLnYxLlBpbmdSBHBp\
        bmci2QIKBFR5cGUSLwoEaW5pdBgBIAEoCzIbLmFwdXMuc2FtcGxlLnYxLlR5cGUuU3RyaW5nUgRpbml0EjEKBHNl\
        bGYYAiABKA4yHS5hcHVzLnNhbXBsZS52MS5UeXBlLlByb3RvY29sUgRzZWxmEg4KAmluGAMgASgIUgJpbhIWCgZl\
        bmNvZGUYBCABKAVSBmVuY29kZRIlCg51bmtub3duX2ZpZWxkcxgFIAEoBVINdW5rbm93bkZpZWxkcxIUCgRjYXNl\
        GAYgASgFSABSBGNhc2USFAoEZnVuYxgHIAEoCUgAUgRmdW5jEhYKBnJlYWRlchgIIAMoBVIGcmVhZGVyGh4KBlN0\
        cmluZxIUCgVjbGFzcxgBIAEoCVIFY2xhc3MiMQoIUHJvdG9jb2wSCwoHZGVmYXVsdBAAEgoKBnN3aXRjaBABEgwK\
        CHJldGhyb3dzEAJCBwoFd2hlcmUiBwoFRW1wdHkqZAoGQ29sb3VyEhYKEkNPTE9VUl9VTlNQRUNJRklFRBAAEg4K\
        CkNPTE9VUl9SRUQQARIUChBDT0xPVVJfREVFUF9CTFVFEAISHAoPQ09MT1VSX05FR0FUSVZFEP3//////////wEy\
        PwoGU2FtcGxlEjUKBkltcG9ydBIVLmFwdXMuc2FtcGxlLnYxLkVtcHR5GhQuYXB1cy5zYW1wbGUudjEuTGVhZmIG\
        cHJvdG8z
        """)
  ]
}
