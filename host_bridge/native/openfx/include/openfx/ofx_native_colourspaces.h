// Names of the native colour spaces of 1.5.
#ifndef OPENFX_OFX_NATIVE_COLOURSPACES_H_
#define OPENFX_OFX_NATIVE_COLOURSPACES_H_

#ifdef __cplusplus
extern "C" {
#endif

// The configuration they come from.
#define kOfxConfigIdentifier "ofx-native-v1.5_aces-v1.3_ocio-v2.3"

// Basic level.
#define kOfxColourspaceOfxDisplayHdr "ofx_display_hdr"
#define kOfxColourspaceOfxDisplaySdr "ofx_display_sdr"
#define kOfxColourspaceOfxRaw "ofx_raw"
#define kOfxColourspaceOfxSceneLinear "ofx_scene_linear"
#define kOfxColourspaceOfxSceneLog "ofx_scene_log"

// Core level.
#define kOfxColourspaceSrgbDisplay "srgb_display"
#define kOfxColourspaceDisplayp3Display "displayp3_display"
#define kOfxColourspaceRec1886Rec709Display "rec1886_rec709_display"
#define kOfxColourspaceRec1886Rec2020Display "rec1886_rec2020_display"
#define kOfxColourspaceRec2100HlgDisplay "rec2100_hlg_display"
#define kOfxColourspaceRec2100PqDisplay "rec2100_pq_display"
#define kOfxColourspaceSt2084P3d65Display "st2084_p3d65_display"
#define kOfxColourspaceP3d65Display "p3d65_display"
#define kOfxColourspaceACES20651 "ACES2065-1"
#define kOfxColourspaceACEScc "ACEScc"
#define kOfxColourspaceACEScct "ACEScct"
#define kOfxColourspaceACEScg "ACEScg"
#define kOfxColourspaceLinP3d65 "lin_p3d65"
#define kOfxColourspaceLinRec2020 "lin_rec2020"
#define kOfxColourspaceLinRec709Srgb "lin_rec709_srgb"
#define kOfxColourspaceG18Rec709Tx "g18_rec709_tx"
#define kOfxColourspaceG22Ap1Tx "g22_ap1_tx"
#define kOfxColourspaceG22Rec709Tx "g22_rec709_tx"
#define kOfxColourspaceG24Rec709Tx "g24_rec709_tx"
#define kOfxColourspaceSrgbEncodedAp1Tx "srgb_encoded_ap1_tx"
#define kOfxColourspaceSrgbEncodedP3d65Tx "srgb_encoded_p3d65_tx"
#define kOfxColourspaceSrgbTx "srgb_tx"
#define kOfxColourspaceRaw "Raw"
#define kOfxColourspaceRoleAcesInterchange "aces_interchange"
#define kOfxColourspaceRoleCieXyzD65Interchange "cie_xyz_d65_interchange"
#define kOfxColourspaceRoleColorPicking "color_picking"
#define kOfxColourspaceRoleColorTiming "color_timing"
#define kOfxColourspaceRoleCompositingLog "compositing_log"
#define kOfxColourspaceRoleData "data"
#define kOfxColourspaceRoleMattePaint "matte_paint"
#define kOfxColourspaceRoleSceneLinear "scene_linear"
#define kOfxColourspaceRoleTexturePaint "texture_paint"

// Full level.
#define kOfxColourspaceCIEXYZD65 "CIE-XYZ-D65"
#define kOfxColourspaceP3d60Display "p3d60_display"
#define kOfxColourspaceP3DciDisplay "p3_dci_display"
#define kOfxColourspaceADX10 "ADX10"
#define kOfxColourspaceADX16 "ADX16"
#define kOfxColourspaceLinArriWideGamut3 "lin_arri_wide_gamut_3"
#define kOfxColourspaceArriLogc3Ei800 "arri_logc3_ei800"
#define kOfxColourspaceLinArriWideGamut4 "lin_arri_wide_gamut_4"
#define kOfxColourspaceArriLogc4 "arri_logc4"
#define kOfxColourspaceBmdfilmWidegamutGen5 "bmdfilm_widegamut_gen5"
#define kOfxColourspaceDavinciIntermediateWidegamut "davinci_intermediate_widegamut"
#define kOfxColourspaceLinBmdWidegamutGen5 "lin_bmd_widegamut_gen5"
#define kOfxColourspaceLinDavinciWidegamut "lin_davinci_widegamut"
#define kOfxColourspaceCanonlog2CinemagamutD55 "canonlog2_cinemagamut_d55"
#define kOfxColourspaceCanonlog3CinemagamutD55 "canonlog3_cinemagamut_d55"
#define kOfxColourspaceLinCinemagamutD55 "lin_cinemagamut_d55"
#define kOfxColourspaceLinVgamut "lin_vgamut"
#define kOfxColourspaceVlogVgamut "vlog_vgamut"
#define kOfxColourspaceLinRedwidegamutrgb "lin_redwidegamutrgb"
#define kOfxColourspaceLog3g10Redwidegamutrgb "log3g10_redwidegamutrgb"
#define kOfxColourspaceLinSgamut3 "lin_sgamut3"
#define kOfxColourspaceLinSgamut3cine "lin_sgamut3cine"
#define kOfxColourspaceLinVeniceSgamut3 "lin_venice_sgamut3"
#define kOfxColourspaceLinVeniceSgamut3cine "lin_venice_sgamut3cine"
#define kOfxColourspaceSlog3Sgamut3 "slog3_sgamut3"
#define kOfxColourspaceSlog3Sgamut3cine "slog3_sgamut3cine"
#define kOfxColourspaceSlog3VeniceSgamut3 "slog3_venice_sgamut3"
#define kOfxColourspaceSlog3VeniceSgamut3cine "slog3_venice_sgamut3cine"
#define kOfxColourspaceCameraRec709 "camera_rec709"

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_NATIVE_COLOURSPACES_H_
