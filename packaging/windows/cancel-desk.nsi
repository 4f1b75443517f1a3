; The installer for Windows.
;
;   makensis -WX -DVERSION=1.2.3 -DPAYLOAD=dist\cancel-desk -DICON=build\cancel-desk.ico
;            -DOUTPUT=dist\cancel-desk-1.2.3-setup.exe [-DSIGN=COMMAND] cancel-desk.nsi
;
; For all users by default, which asks for an administrator; for the present user alone where there
; is none, or with /CurrentUser. /S asks nothing, /D=FOLDER (last, unquoted) names the place.
; The uninstaller leaves profiles and journal where they are, unless /DELETEDATA or a tick says so.
; Exit codes: 0 done, 1 stopped by a person, 2 not done (Cancel Desk is open).
; SIGN is a command that signs the file whose name is put after it.

Target amd64-unicode
SetCompressor /SOLID lzma
ManifestDPIAware true
ManifestSupportedOS all

!define NAME "Cancel Desk"
!define PROGRAM "cancel-desk"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"

!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_MUI
!define MULTIUSER_INSTALLMODE_COMMANDLINE
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_INSTDIR "${NAME}"
; Where it was installed before, for whom: an upgrade goes there.
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "${UNINSTALL_KEY}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "InstallLocation"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "${UNINSTALL_KEY}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "InstallLocation"
!include MultiUser.nsh
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include x64.nsh

Name "${NAME}"
OutFile "${OUTPUT}"
BrandingText "${NAME} ${VERSION}"
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING

VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME} Setup"
VIAddVersionKey CompanyName "Cancel Desk contributors"
VIAddVersionKey LegalCopyright "Cancel Desk contributors, MIT licence"

!ifdef SIGN
    !finalize '${SIGN} "%1"'
    !uninstfinalize '${SIGN} "%1"'
!endif

; No page offers to start the program: it would run with the rights of the installer.
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; Removes the program's files. A program that runs can't be deleted, so that is tried first, and
; nothing is touched if it fails.
!macro RemoveProgram
    ClearErrors
    ${If} ${FileExists} "$INSTDIR\${PROGRAM}.exe"
        Delete "$INSTDIR\${PROGRAM}.exe"
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\${PROGRAM}-console.exe"
        Delete "$INSTDIR\${PROGRAM}-console.exe"
    ${EndIf}
    ${If} ${Errors}
        SetErrorLevel 2
        MessageBox MB_OK|MB_ICONEXCLAMATION \
            "${NAME} is open. Close it, then start this again." /SD IDOK
        Quit
    ${EndIf}
    ; By name: the folder may be one that somebody chose, with other things in it.
    RMDir /r "$INSTDIR\_internal"
    RMDir /r "$INSTDIR\licences"
    Delete "$INSTDIR\NOTICE"
    Delete "$INSTDIR\CHANGELOG.md"
    Delete "$INSTDIR\${PROGRAM}.cdx.json"
!macroend

Section "${NAME}"
    SetRegView 64
    !insertmacro RemoveProgram
    SetOutPath "$INSTDIR"
    File /r "${PAYLOAD}/*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\${PROGRAM}.exe"

    WriteRegStr SHCTX "${UNINSTALL_KEY}" DisplayName "${NAME}"
    WriteRegStr SHCTX "${UNINSTALL_KEY}" DisplayVersion "${VERSION}"
    WriteRegStr SHCTX "${UNINSTALL_KEY}" DisplayIcon "$INSTDIR\${PROGRAM}.exe"
    WriteRegStr SHCTX "${UNINSTALL_KEY}" Publisher "Cancel Desk contributors"
    WriteRegStr SHCTX "${UNINSTALL_KEY}" InstallLocation "$INSTDIR"
    WriteRegStr SHCTX "${UNINSTALL_KEY}" UninstallString \
        '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
    WriteRegStr SHCTX "${UNINSTALL_KEY}" QuietUninstallString \
        '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode /S'
    WriteRegDWORD SHCTX "${UNINSTALL_KEY}" NoModify 1
    WriteRegDWORD SHCTX "${UNINSTALL_KEY}" NoRepair 1
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegDWORD SHCTX "${UNINSTALL_KEY}" EstimatedSize $0
SectionEnd

Section "un.${NAME}"
    SectionIn RO
    SetRegView 64
    !insertmacro RemoveProgram
    Delete "$SMPROGRAMS\${NAME}.lnk"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    DeleteRegKey SHCTX "${UNINSTALL_KEY}"
SectionEnd

Section /o "un.My profiles and the journal of my runs" DATA
    SetShellVarContext current
    RMDir /r "$LOCALAPPDATA\${PROGRAM}"
SectionEnd

Function .onInit
    ${IfNot} ${RunningX64}
        MessageBox MB_OK|MB_ICONSTOP "${NAME} needs a 64-bit Windows." /SD IDOK
        SetErrorLevel 2
        Quit
    ${EndIf}
    SetRegView 64
    !insertmacro MULTIUSER_INIT
FunctionEnd

Function un.onInit
    SetRegView 64
    !insertmacro MULTIUSER_UNINIT
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/DELETEDATA" $1
    ${IfNot} ${Errors}
        !insertmacro SelectSection ${DATA}
    ${EndIf}
FunctionEnd
